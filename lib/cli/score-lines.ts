import process from 'node:process';
import {ChatTemplateError} from '../errors/chat-template-error.js';
import {ContextOverflowError} from '../errors/context-overflow-error.js';
import {InvalidInputError} from '../errors/invalid-input-error.js';
import type {Pair} from '../pair/pair.js';
import {type Line, readLines} from '../runs/read-lines.js';
import type {Run} from '../runs/run.js';
import {skippedLine} from '../runs/skipped-line.js';
import type {ScoreOptions} from '../score/score-types.js';
import {escapeJson} from './escape-json.js';
import type {Input} from './open-input.js';
import type {Output} from './open-output.js';
import type {PrettyLine} from './pretty-lines.js';
import {printable} from './printable.js';
import type {ScoreCounts} from './score-counts.js';
import {scoreLine} from './score-line.js';
import type {ScoreProgress} from './score-progress.js';

interface ScoreLinesOptions {
  scoring: ScoreOptions & {signal: AbortSignal};
  complete: boolean;
  tokens: boolean;
  /** Lays results out for people, in place of JSON. */
  pretty?: ((line: PrettyLine) => string) | undefined;
  /** Write an error in place of the result of a line that cannot be scored, and tell it on stderr. */
  keepGoing: boolean;
  progress: ScoreProgress;
}

/**
 * Scores every line of the input that is not blank and writes its result before the next is read.
 *
 * @param run - knows which of the lines are to be scored; all of them if left out
 * @returns what was done by this process
 * @throws an error that begins with `FILE:LINE:` for a line that cannot be scored
 */
export async function scoreLines(
  pair: Pair,
  input: Input,
  output: Output,
  run: Run | undefined,
  options: ScoreLinesOptions,
): Promise<ScoreCounts> {
  const counts = {lines: 0, skipped: 0};
  const {progress} = options;
  let start = 0;
  for await (const line of linesOf(input)) {
    if (isBlank(line) || run?.take(line.bytes) === false) {
      progress.passed(line.end);
      start = line.end;
      continue;
    }

    const {text, skipped, tokens} = await resultOfLine(pair, input, line, start, options);
    if (!(skipped && options.pretty)) {
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
  pair: Pair,
  {name}: Input,
  line: Line,
  start: number,
  {scoring, complete, tokens: withTokens, pretty, keepGoing, progress}: ScoreLinesOptions,
): Promise<{text: string; skipped: boolean; tokens: number}> {
  let tokens = 0;
  const onProgress = ({tokens: seen, total}: {tokens: number; total: number}) => {
    tokens = seen;
    progress.show(start + (line.end - start) * (seen / total), seen);
  };
  const place = `${name}:${line.number}`;
  try {
    const options = {scoring: {...scoring, onProgress}, complete, tokens: withTokens, pretty};
    return {text: await scoreLine(pair, line.bytes, options), skipped: false, tokens};
  } catch (error) {
    scoring.signal.throwIfAborted();
    if (!keepGoing || !isOfLine(error)) {
      throw placedError(place, error);
    }

    progress.clear();
    process.stderr.write(`implicit-prm: ${printable(placedError(place, error).message)}; skipped\n`);
    const text = escapeJson(skippedLine({line: line.number, error: error.message}));
    return {text, skipped: true, tokens};
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

async function* linesOf({name, stream}: Input): AsyncGenerator<Line, void, undefined> {
  let read = 0;
  try {
    for await (const line of readLines(stream)) {
      read = line.number;
      yield line;
    }
  } catch (error) {
    throw placedError(`${name}:${read + 1}`, error);
  }
}

function placedError(place: string, cause: unknown): Error {
  return new Error(`${place}: ${cause instanceof Error ? cause.message : String(cause)}`, {cause});
}

function isBlank({bytes}: Line): boolean {
  // Space, tab and carriage return; the line feed is gone.
  return bytes.every(byte => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
