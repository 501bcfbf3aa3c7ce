import {type Input, openInput} from '../../runs/input/open-input.js';
import type {RunFlags} from '../options/run.js';
import {type Output, openOutput} from './output.js';

/**
 * Opens what is read and what is written, and closes both after the work. Before any model, so that a wrong path shows at
 * once.
 *
 * @param file - a path; `-` or nothing for stdin
 */
export async function withFiles<T>(
  file: string | undefined,
  {output: outputFile, resume, overwrite}: RunFlags,
  signal: AbortSignal,
  work: (input: Input, output: Output) => Promise<T>,
): Promise<T> {
  const input = await openInput(file, signal);
  try {
    const options = {input: input.stats, resume: resume ?? false, overwrite: overwrite ?? false};
    const output = await openOutput(outputFile, options);
    try {
      return await work(input, output);
    } finally {
      await output.close();
    }
  } finally {
    // An open stdin would keep the process alive.
    input.stream.destroy();
  }
}
