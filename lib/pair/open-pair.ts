import {findRuntime} from '../engine/native/find-runtime.js';
import {loadAddon} from '../engine/native/load-addon.js';
import {NativeEngine} from '../engine/native/native-engine.js';
import {ModelError} from '../errors/model-error.js';
import {ConversationTokeniser} from '../text/conversation-tokeniser.js';
import {check} from '../utils/check.js';
import {locateModel} from './locate-model.js';
import {modelInfo} from './model-info.js';
import {Pair, type PairInfo} from './pair.js';
import {type PairOptions, pairOptionsSchema} from './pair-options.js';

/** β in the authors' training, section 4.1 of arXiv 2412.01981. */
const defaultBeta = 0.05;

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
  try {
    const info = describe(engine, {policy, reference, lora, beta: checked.beta});
    return new Pair(info, engine, new ConversationTokeniser(engine), async () => engine.close());
  } catch (error) {
    await engine.close();
    throw error;
  }
}

function describe(
  {description}: NativeEngine,
  files: {policy: string; reference: string | undefined; lora: string | undefined; beta: number | undefined},
): Omit<PairInfo, 'usage'> {
  const {
    policy,
    reference,
    sharesWeights,
    contextSize,
    batchSize,
    cacheSize,
    devices,
    logSoftmax,
    memory,
    beta,
  } = description;
  return {
    policy: modelInfo(files.policy, policy),
    reference: reference && modelInfo(files.reference!, reference),
    lora: files.lora ?? null,
    sharesWeights,
    beta: files.beta ?? betaOf(beta, files.lora ?? files.policy),
    contextSize,
    batchSize,
    cacheSize,
    devices,
    logSoftmax,
    memory,
    llamaVersion: loadAddon().llamaVersion,
  };
}

function betaOf(metadata: number | null, file: string): number {
  if (metadata === null) {
    return defaultBeta;
  }

  if (!(Number.isFinite(metadata) && metadata > 0)) {
    throw new ModelError(
      'INVALID_MODEL',
      `The metadata of ${file} says that implicit_prm.beta is ${metadata}, but it has to be above 0: give beta yourself.`,
    );
  }

  return metadata;
}
