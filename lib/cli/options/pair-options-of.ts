import type {Command} from 'commander';
import {bundledPair} from '../../pair/bundled-pair.js';
import type {PairOptions} from '../../pair/pair-options.js';
import type {PairFlags} from './pair-flags.js';

/**
 * Makes the options of the command line into those of `openPair`.
 *
 * @param flags - as commander parsed them
 * @param command - to report wrong combinations with
 */
export function pairOptionsOf(flags: PairFlags, command: Command): PairOptions {
  const {bundled, gpu, flashAttention, modelsDir, policy, reference, lora} = flags;
  const {beta, gpuLayers, threads, contextSize, batchSize, cacheSize, memoryLimit, kvCacheType} = flags;
  if (!bundled && policy === undefined) {
    command.error("error: required option '--policy <model>' not specified (or use --bundled)");
  }

  if (kvCacheType === 'q8_0' && flashAttention === 'off') {
    command.error(
      "error: option '--kv-cache-type q8_0' needs flash attention: leave out '--flash-attention off'",
    );
  }

  return {
    ...(bundled ? bundledPair() : {policy: policy!, reference}),
    lora,
    beta,
    gpu: gpu === 'off' ? false : gpu,
    gpuLayers,
    threads,
    contextSize,
    batchSize,
    cacheSize,
    memoryLimit: memoryLimit && memoryLimit * 2 ** 20,
    kvCacheType,
    flashAttention: flashAttention && flashAttention === 'on',
    modelsDirectory: modelsDir,
  };
}
