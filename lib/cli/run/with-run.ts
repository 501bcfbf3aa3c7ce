import process from 'node:process';
import {FileLostError} from '../../runs/files/durable-lines.js';
import type {RunRecord} from '../../runs/record.js';
import {ResumeError, Run} from '../../runs/run.js';
import {printable} from '../../utils/printable.js';
import type {RunFlags} from '../options/run.js';
import type {Output} from './output.js';

/**
 * Does work that writes to an output: in a run that can be resumed if the output is a file. What is done is recorded also
 * if the work fails, and the user is told that it is not lost; or that it is, if the file is no longer there.
 *
 * @param identify - describes what results depend on, see {@link RunRecord}
 * @param work - takes all of the input; is given no run for stdout
 * @returns what the work returns
 */
export async function withRun<T>(
  output: Output,
  flags: RunFlags,
  identify: () => Promise<RunRecord['identity']>,
  signal: AbortSignal,
  work: (run: Run | undefined) => Promise<T>,
): Promise<T> {
  if (output.file === undefined) {
    return work(undefined);
  }

  const run = await openRun(output, output.file, flags, await identify());
  try {
    const result = await work(run);
    await output.requirePresent();
    await run.finish();
    return result;
  } catch (error) {
    // A disk that is full takes no record either; the old one will do.
    await run.record().catch(() => undefined);
    if (run.lines === 0 || error instanceof ResumeError) {
      throw error;
    }

    const lost = await lossOf(output);
    const done = `${run.lines} ${run.lines === 1 ? 'line is' : 'lines are'} done in ${output.file}, --resume goes on from there`;
    if (!signal.aborted) {
      throw lost ?? new Error(`${messageOf(error)} (${done})`, {cause: error});
    }

    if (lost || !flags.quiet) {
      process.stderr.write(`implicit-prm: stopped; ${printable(lost?.message ?? done)}\n`);
    }

    throw error;
  }
}

/** Whether lines that were written are there no more. */
async function lossOf(output: Output): Promise<FileLostError | undefined> {
  try {
    await output.requirePresent();
    return undefined;
  } catch (error) {
    return error instanceof FileLostError ? error : undefined;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function openRun(
  output: Output,
  file: string,
  flags: RunFlags,
  identity: RunRecord['identity'],
): Promise<Run> {
  const description = {identity, shard: flags.shard ?? null};
  if (flags.resume) {
    const run = await Run.resume(file, description, output.extent);
    const cut = await output.begin();
    if (cut > 0 && !flags.quiet) {
      process.stderr.write(
        `implicit-prm: dropped an incomplete last line (${cut} bytes) of ${printable(file)}\n`,
      );
    }

    return run;
  }

  await output.begin();
  return Run.begin(file, description);
}
