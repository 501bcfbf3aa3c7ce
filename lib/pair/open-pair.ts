import process from 'node:process';
import {IsolatedEngine} from '../engine/isolated/isolated-engine.js';
import {findRuntime} from '../engine/native/find-runtime.js';
import {type LogListener, NativeEngine} from '../engine/native/native-engine.js';
import {PairMismatchError} from '../errors/pair-mismatch-error.js';
import {check} from '../utils/check.js';
import {otherBase} from './adapter-base.js';
import {assemblePair} from './assemble-pair.js';
import {locateModel} from './locate-model.js';
import {nativeTokeniser} from './native-tokeniser.js';
import type {Pair} from './pair.js';
import {type PairOptions, pairOptionsSchema} from './pair-options.js';
import {isSameContent} from './same-content.js';
import type {PairWarning} from './warnings.js';

const unusedTokensDiffer: PairWarning = {
  code: 'UNUSED_TOKENS_DIFFER',
  message:
    'The vocabularies of policy and reference differ in tokens that no text has, which fill them up: they form a pair, ' +
    'but each sums its probabilities over its own.',
};

/**
 * Loads a policy and its reference, ready to score. Nothing of it happens on the JavaScript thread.
 *
 * @throws {@link InvalidInputError} for wrong options, {@link ModelError} for a file that cannot be used,
 * {@link PairMismatchError} if the vocabularies differ, {@link RuntimeLoadError} if llama.cpp or the GPU is missing,
 * {@link EvaluationError} `OUT_OF_MEMORY`, with `isolate` {@link EngineCrashedError}
 */
export async function openPair(options: PairOptions): Promise<Pair> {
  const checked = check(pairOptionsSchema, options, "openPair's options");
  const {signal, onProgress, modelsDirectory} = checked;
  const onLog = checked.onLog && tolerant(checked.onLog);
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
  if (reference !== undefined && lora === undefined) {
    await requireOtherContent(policy, reference);
  }

  const engine = await (checked.isolate ? IsolatedEngine : NativeEngine).open(
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
  const other =
    lora === undefined
      ? undefined
      : await otherBase({policy, lora, metadata: engine.description.adapterMetadata});
  const unused = engine.description.unusedTokensDiffer ? unusedTokensDiffer : undefined;
  return assemblePair(engine, nativeTokeniser(engine), checked.beta, {
    ...{rendering, templateArguments, date, onWarning, signal},
    warnings: [unused, other].filter(warning => warning !== undefined),
  });
}

/** Files that cannot be read, and one file twice, are left to native code, which says what is wrong with them. */
async function requireOtherContent(policy: string, reference: string): Promise<void> {
  if (await isSameContent(policy, reference).catch(() => false))
    throw new PairMismatchError(
      `Policy and reference are the same model byte for byte, ${policy} and ${reference}: every reward would be 0. ` +
        'Give the trained model as the policy, or a LoRA adapter for it.',
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
