import {type Input, openInput} from '../../runs/input/open-input.js';
import {type Output, openOutput} from '../run/output.js';
import type {EvalFlags} from './options.js';

/**
 * Opens the data set and the file for results, if there is to be one, and closes both after the work.
 *
 * @param file - a path, or `-` for stdin
 * @param work - the evaluation
 */
export async function withFiles<T>(
  file: string,
  {output: outputFile, resume, overwrite}: Pick<EvalFlags, 'output' | 'resume' | 'overwrite'>,
  signal: AbortSignal,
  work: (input: Input, output: Output | undefined) => Promise<T>,
): Promise<T> {
  const input = await openInput(file, signal);
  try {
    const output =
      outputFile === undefined
        ? undefined
        : await openOutput(outputFile, {
            input: input.stats,
            resume: resume ?? false,
            overwrite: overwrite ?? false,
          });
    try {
      return await work(input, output);
    } finally {
      await output?.close();
    }
  } finally {
    // An open stdin would keep the process alive.
    input.stream.destroy();
  }
}
