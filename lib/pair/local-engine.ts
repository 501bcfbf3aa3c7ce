import process from 'node:process';
import {IsolatedEngine} from '../engine/isolated/isolated-engine.js';
import {findRuntime} from '../engine/native/find-runtime.js';
import {type LogListener, NativeEngine} from '../engine/native/native-engine.js';
import {usefulThreads} from '../utils/useful-threads.js';
import type {CheckedPairOptions} from './check-options.js';
import {locateModel} from './locate-model.js';

/** The files of an engine's models. */
interface ModelFiles {
  policy: string;
  reference: string | undefined;
  lora: string | undefined;
}

/** Finds or downloads the file of a model, and tells the listener of the options how it is going. */
export async function locateFor(
  model: string,
  {signal, onProgress, modelsDirectory}: CheckedPairOptions,
): Promise<string> {
  return locateModel(model, {
    directory: modelsDirectory,
    signal,
    onProgress: onProgress && (progress => onProgress({phase: 'download', model, ...progress})),
  });
}

/** Loads models into an engine of this machine. */
export async function openLocalEngine(
  {policy, reference, lora}: ModelFiles,
  checked: CheckedPairOptions,
): Promise<NativeEngine | IsolatedEngine> {
  const {signal, onProgress} = checked;
  const onLog = checked.onLog && tolerant(checked.onLog);
  return (checked.isolate ? IsolatedEngine : NativeEngine).open(
    {
      runtime: findRuntime(),
      policy,
      reference,
      lora,
      gpu: String(checked.gpu),
      gpuLayers: checked.gpuLayers ?? -1,
      threads: checked.threads ?? (await usefulThreads(policy)),
      contextSize: checked.contextSize,
      batchSize: checked.batchSize,
      cacheSize: checked.cacheSize,
      kvCacheType: checked.kvCacheType,
      flashAttention: checked.flashAttention,
      policyDevices: checked.devices?.policy,
      referenceDevices: checked.devices?.reference,
      logSoftmax: checked.logSoftmax,
      memoryLimit: checked.memoryLimit,
    },
    {
      ...(signal ? {signal} : {}),
      ...(onLog ? {onLog} : {}),
      ...(onProgress ? {onProgress: (loaded: number) => onProgress({phase: 'load', loaded, total: 1})} : {}),
    },
  );
}

/** Nothing depends on a listener of log lines: what it throws is told once, as a warning of the process. */
function tolerant(onLog: LogListener): LogListener {
  let told = false;
  return (level, text) => {
    try {
      onLog(level, text);
    } catch (error) {
      if (!told) {
        told = true;
        const {message, stack = ''} = error instanceof Error ? error : new Error(String(error));
        process.emitWarning(`onLog threw: ${message}`, {type: 'ImplicitPrmWarning', detail: stack});
      }
    }
  };
}
