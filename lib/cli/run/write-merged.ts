import {stat} from 'node:fs/promises';
import process from 'node:process';
import {mergeAdapter} from '../../engine/native/merge-adapter.js';
import {printable} from '../../utils/printable.js';
import {ProgressDisplay} from '../terminal/progress-display.js';

/** Merges a base and an adapter, with progress and a line about what was written. */
export async function writeMerged(
  {base, lora, output, quiet}: {base: string; lora: string; output: string; quiet: boolean},
  signal: AbortSignal,
): Promise<void> {
  const display = new ProgressDisplay(!quiet);
  try {
    const {merged, tensors} = await mergeAdapter({
      base,
      adapter: lora,
      output,
      signal,
      onProgress: (done, total) => display.show({label: 'merging', fraction: done / total}),
    });
    display.clear();
    if (!quiet) {
      process.stderr.write(
        `implicit-prm: ${printable(output)} is the whole policy; ${merged} of ${tensors} tensors were changed\n`,
      );
    }
  } finally {
    display.clear();
  }
}

/**
 * Makes sure that a model can be written.
 *
 * @param others - files that it must not be
 * @throws an error that names the file
 */
export async function requireModelPlace(
  output: string,
  others: readonly string[],
  overwrite: boolean,
): Promise<void> {
  const target = await stat(output).catch(() => undefined);
  if (target === undefined) {
    return;
  }

  if (!target.isFile()) {
    throw new Error(`cannot write ${output}: it is no file`);
  }

  for (const other of others) {
    const {ino, dev} = (await stat(other).catch(() => undefined)) ?? {};
    if (ino === target.ino && dev === target.dev) {
      throw new Error(`cannot write ${output}: it is read too`);
    }
  }

  if (target.size > 0 && !overwrite) {
    throw new Error(`cannot write ${output}: it is not empty; --overwrite replaces it`);
  }
}
