import {findRuntime} from '../engine/native/find-runtime.js';
import {NativeEngine} from '../engine/native/native-engine.js';
import {check} from '../utils/check.js';
import {assemblePair} from './assemble-pair.js';
import {locateModel} from './locate-model.js';
import {nativeTokeniser} from './native-tokeniser.js';
import type {Pair} from './pair.js';
import {type PairOptions, pairOptionsSchema} from './pair-options.js';

/**
 * Loads a policy and its reference, ready to score. Nothing of it happens on the JavaScript thread.
 *
 * @throws {@link InvalidInputError} for wrong options, {@link ModelError} for a file that cannot be used,
 * {@link PairMismatchError} if the vocabularies differ, {@link RuntimeLoadError} if llama.cpp or the GPU is missing,
 * {@link EvaluationError} `OUT_OF_MEMORY`
 */
export async function openPair(options: PairOptions): Promise<Pair> {
  const checked = check(pairOptionsSchema, options, "openPair's options");
  const {signal, onProgress, onLog, modelsDirectory} = checked;
  signal?.throwIfAborted();
  const runtime = findRuntime();
  const locate = async (model: string) =>
    locateModel(model, {
      directory: modelsDirectory,
      signal,
      onProgress: onProgress && (progress => onProgress({phase: 'download', model, ...progress})),
    });
  const policy = await locate(checked.policy);
  const reference = checked.reference === undefined ? undefined : await locate(checked.reference);
  const lora = checked.lora === undefined ? undefined : await locate(checked.lora);
  const engine = await NativeEngine.open(
    {
      runtime,
      policy,
      reference,
      lora,
      gpu: String(checked.gpu),
      gpuLayers: checked.gpuLayers ?? -1,
      threads: checked.threads,
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
  const {rendering, templateArguments, date, onWarning} = checked;
  return assemblePair(engine, nativeTokeniser(engine), checked.beta, {
    ...{rendering, templateArguments, date, onWarning, signal},
  });
}
