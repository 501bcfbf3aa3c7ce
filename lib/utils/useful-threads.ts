import {stat} from 'node:fs/promises';
import os from 'node:os';

/** Weights that a further thread needs, to have more to do than to wait for the others at every operation. */
const bytesAThread = 8 * 2 ** 20;
const shard = /-\d{5}-of-\d{5}\.gguf$/u;

/**
 * How many CPU threads a model can use: one and another for each 8 MiB of weights, but no more than the process may have. On
 * more of them a small model is no faster where the machine is idle, and many times slower where it is not: llama.cpp's threads
 * wait for each other by spinning.
 *
 * @param model - the path of the file, or of the first of several: such a model is large
 */
export async function usefulThreads(model: string): Promise<number> {
  const most = os.availableParallelism();
  if (most === 1 || shard.test(model)) {
    return most;
  }

  try {
    const {size} = await stat(model);
    return Math.min(most, 1 + Math.floor(size / bytesAThread));
  } catch {
    // Whatever loads it will say what is wrong.
    return most;
  }
}
