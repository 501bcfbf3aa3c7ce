import process from 'node:process';
import {ChatTemplateError} from '../../errors/chat-template-error.js';
import {ContextOverflowError} from '../../errors/context-overflow-error.js';
import {InvalidInputError} from '../../errors/invalid-input-error.js';
import type {InputLine} from '../../runs/input/lines.js';
import type {Run} from '../../runs/run.js';
import {skippedLine} from '../../runs/skipped-line.js';
import {escapeJson} from '../../utils/escape-json.js';
import {placedError} from '../../utils/file-error.js';
import {printable} from '../../utils/printable.js';
import {LinesSkipped} from '../report-error.js';
import {counted} from '../terminal/quantities.js';
import type {Output} from './output.js';
import type {RunProgress} from './progress.js';

/** How many lines a run has done. */
export interface RunCounts {
  /** Those that were skipped included. */
  lines: number;
  /** Lines that could not be scored. */
  skipped: number;
}

type OnProgress = (progress: {tokens: number; total: number}) => void;

interface RunLinesOptions {
  /** Makes the line of output of a line of input, whose number from 1 on it is given. */
  resultOf(bytes: Uint8Array, onProgress: OnProgress, number: number): Promise<string>;
  /** Write an error in place of the result of a line that cannot be scored, and tell it on stderr. */
  keepGoing: boolean;
  /** Write nothing in place of such a result. */
  leaveOutSkipped?: boolean;
  signal: AbortSignal;
  progress: RunProgress;
}

/**
 * Makes a line of output of every line of input, which is written before the next is read.
 *
 * @param run - knows which of the lines are to be done; all of them if left out
 * @returns what was done by this process
 * @throws an error that begins with `FILE:LINE:` for a line that cannot be scored
 */
export async function runLines(
  lines: AsyncIterable<InputLine>,
  output: Pick<Output, 'write'>,
  run: Run | undefined,
  options: RunLinesOptions,
): Promise<RunCounts> {
  const counts = {lines: 0, skipped: 0};
  const {progress} = options;
  let start = 0;
  for await (const line of lines) {
    if (run?.take(line.bytes) === false) {
      progress.passed(line.end);
      start = line.end;
      continue;
    }

    const {text, skipped, tokens} = await resultOfLine(line, start, options);
    if (!(skipped && options.leaveOutSkipped)) {
      await output.write(text);
    }

    await run?.wrote({skipped});
    counts.lines++;
    counts.skipped += skipped ? 1 : 0;
    progress.done(line.end, tokens);
    start = line.end;
  }

  return counts;
}

async function resultOfLine(
  {bytes, number, place, end}: InputLine,
  start: number,
  {resultOf, keepGoing, signal, progress}: RunLinesOptions,
): Promise<{text: string; skipped: boolean; tokens: number}> {
  signal.throwIfAborted();
  let tokens = 0;
  try {
    const onProgress: OnProgress = ({tokens: seen, total}) => {
      tokens = seen;
      progress.show(start + (end - start) * (seen / total), seen);
    };
    const text = await resultOf(bytes, onProgress, number);
    return {text, skipped: false, tokens};
  } catch (error) {
    signal.throwIfAborted();
    if (!keepGoing || !isOfLine(error)) {
      throw placedError(place, error);
    }

    progress.clear();
    process.stderr.write(`implicit-prm: ${printable(placedError(place, error).message)}; skipped\n`);
    return {text: escapeJson(skippedLine({line: number, error: error.message})), skipped: true, tokens};
  }
}

/** Whether another line may fare better, unlike when memory has run out. */
function isOfLine(error: unknown): error is Error {
  return (
    error instanceof InvalidInputError ||
    error instanceof ContextOverflowError ||
    error instanceof ChatTemplateError
  );
}

/**
 * Tells the user that lines were skipped.
 *
 * @param noun - what a line is
 * @param done - what should have become of it
 * @throws {@link LinesSkipped} if there are any
 */
export function tellSkipped({skipped, lines}: RunCounts, noun = 'line', done = 'scored'): void {
  if (skipped > 0) {
    process.stderr.write(`implicit-prm: ${skipped} of ${counted(lines, noun)} could not be ${done}\n`);
    throw new LinesSkipped();
  }
}
