import {type Input, openInput} from '../../runs/input/open-input.js';
import type {RunFlags} from '../options/run.js';
import {type Output, openOutput} from './output.js';

type FileFlags = Pick<RunFlags, 'output' | 'resume' | 'overwrite'>;

/**
 * Opens what is read, and closes it after the work.
 *
 * @param file - a path; `-` or nothing for stdin
 */
export async function withInput<T>(
  file: string | undefined,
  signal: AbortSignal,
  work: (input: Input) => Promise<T>,
): Promise<T> {
  const input = await openInput(file, signal);
  try {
    return await work(input);
  } finally {
    // An open stdin would keep the process alive.
    input.stream.destroy();
  }
}

/**
 * Opens what is read and what is written, and closes both after the work. Before any model, so that a wrong path shows at
 * once.
 *
 * @param file - a path; `-` or nothing for stdin
 */
export async function withFiles<T>(
  file: string | undefined,
  {output: outputFile, resume, overwrite}: FileFlags,
  signal: AbortSignal,
  work: (input: Input, output: Output) => Promise<T>,
): Promise<T> {
  return withInput(file, signal, async input => {
    const options = {input: input.stats, resume: resume ?? false, overwrite: overwrite ?? false};
    const output = await openOutput(outputFile, options);
    try {
      return await work(input, output);
    } finally {
      await output.close();
    }
  });
}

/** As {@link withFiles}, for a command whose results are kept only if a file is named: stdout has something else. */
export async function withKeptResults<T>(
  file: string | undefined,
  flags: FileFlags,
  signal: AbortSignal,
  work: (input: Input, output: Output | undefined) => Promise<T>,
): Promise<T> {
  return flags.output === undefined
    ? withInput(file, signal, async input => work(input, undefined))
    : withFiles(file, flags, signal, work);
}
