import {findRuntime} from './find-runtime.js';
import {loadAddon} from './load-addon.js';
import {runOperation} from './run-operation.js';
import {writeBeside} from './write-beside.js';

/** What {@link mergeAdapter} is told. */
export interface MergeAdapterOptions {
  /** The path of the model that the adapter was trained on: one GGUF file. */
  base: string;
  /** The path of the LoRA adapter (GGUF). */
  adapter: string;
  /** Where to write the model that is both; what lies there is replaced once all of it is written. */
  output: string;
  /** Metadata to write beside all of the base's and the adapter's own under `implicit_prm.`; numbers as 32-bit floats. */
  metadata?: Record<string, string | number> | undefined;
  /** Stops the writing; the promise is rejected with the signal's reason, and nothing is left behind. */
  signal?: AbortSignal | undefined;
  /** Called with how many tensors of how many are written. */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/** What {@link mergeAdapter} did. */
export interface MergedAdapter {
  /** How many tensors the adapter changed. */
  merged: number;
  /** Of how many. */
  tensors: number;
}

/**
 * Writes a model that is base and adapter in one: each adapted weight W becomes W + alpha / r · B A, rounded to W's own
 * type. All else, the vocabulary too, is the base's. With a quantised base this rounds the adapter's small changes, so
 * that base and adapter apart are the more exact policy.
 *
 * @returns how many tensors of how many the adapter changed
 * @throws {@link ModelError} `MODEL_INVALID` if base and adapter don't go together; {@link EvaluationError} `WRITE_FAILED`
 */
export async function mergeAdapter(options: MergeAdapterOptions): Promise<MergedAdapter> {
  const {base, adapter, output, metadata = {}, signal, onProgress} = options;
  const {Trainer} = loadAddon();
  const merger = new Trainer();
  try {
    return await writeBeside(output, async temporary =>
      runOperation(
        report => merger.merge({runtime: findRuntime(), base, adapter, output: temporary, metadata}, report),
        signal,
        onProgress,
      ),
    );
  } finally {
    await merger.close();
  }
}
