import type {Llama, LlamaModel} from 'node-llama-cpp';
import type {z} from 'zod';
import {EvaluationError} from '../../errors/evaluation-error.js';
import {GenerationError} from '../../errors/generation-error.js';
import {ModelError} from '../../errors/model-error.js';
import {RuntimeLoadError} from '../../errors/runtime-load-error.js';
import {locateModel} from '../../pair/locate-model.js';
import {usefulThreads} from '../../utils/useful-threads.js';
import type {localOptionsSchema} from '../generator-options.js';

/** A model of node-llama-cpp, and the instance of the library that it belongs to. */
export interface LoadedModel {
  /** The file of the model. */
  path: string;
  llama: Llama;
  model: LlamaModel;
  /** CPU threads to compute with. */
  threads: number;
}

type LoadOptions = Pick<
  z.output<typeof localOptionsSchema>,
  'model' | 'gpu' | 'gpuLayers' | 'threads' | 'modelsDirectory' | 'onLog' | 'signal'
> & {
  /** Load the tokenizer and nothing else. */
  vocabularyOnly?: boolean;
};

/** Loads a model into node-llama-cpp. */
export async function loadLlamaModel(options: LoadOptions): Promise<LoadedModel> {
  const {signal, modelsDirectory: directory, gpuLayers, vocabularyOnly = false} = options;
  signal?.throwIfAborted();
  const modelPath = await locateModel(options.model, {directory, signal});
  const threads = options.threads ?? (await usefulThreads(modelPath));
  const llama = await openLlama({...options, threads});
  try {
    const model = await llama.loadModel({
      modelPath,
      vocabOnly: vocabularyOnly,
      ...(gpuLayers === undefined ? {} : {gpuLayers}),
      ...(signal === undefined ? {} : {loadSignal: signal}),
    });
    return {path: modelPath, llama, model, threads};
  } catch (error) {
    await llama.dispose();
    signal?.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    throw new ModelError('MODEL_INVALID', `Could not load the model ${modelPath}: ${why}`, {cause: error});
  }
}

async function openLlama({gpu, threads, onLog}: LoadOptions & {threads: number}): Promise<Llama> {
  // Loaded only here: it is large, takes a while, and who only scores has no use for it.
  const {getLlama, LlamaLogLevel} = await import('node-llama-cpp');
  const levels = {
    fatal: 'error',
    error: 'error',
    warn: 'warn',
    info: 'info',
    log: 'info',
    debug: 'debug',
  } as const;
  try {
    return await getLlama({
      gpu,
      build: 'never',
      maxThreads: threads,
      progressLogs: false,
      logLevel: onLog ? LlamaLogLevel.debug : LlamaLogLevel.disabled,
      logger: (level, message) => {
        if (level !== 'disabled') {
          onLog?.(levels[level], message);
        }
      },
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RuntimeLoadError(
      gpu === 'auto' || gpu === false ? 'RUNTIME_NOT_FOUND' : 'GPU_UNAVAILABLE',
      `node-llama-cpp could not be started: ${why}`,
      {cause: error},
    );
  }
}

/** The library's error for one that node-llama-cpp threw. */
export function generationFailure(error: unknown): unknown {
  if (!(error instanceof Error) || 'code' in error) {
    return error;
  }

  return error.name === 'InsufficientMemoryError'
    ? new EvaluationError('OUT_OF_MEMORY', error.message, {cause: error})
    : new GenerationError('GENERATION_FAILED', `The model could not be made to write: ${error.message}`, {
        cause: error,
      });
}
