import type {Pair} from '../pair/pair.js';
import type {ScoreOptions} from '../score/score-types.js';
import type {Input} from './open-input.js';
import type {Output} from './open-output.js';
import type {ProgressDisplay} from './progress-display.js';
import {type Line, readLines} from './read-lines.js';
import {scoreLine} from './score-line.js';

interface ScoreLinesOptions {
  scoring: ScoreOptions & {signal: AbortSignal};
  complete: boolean;
  tokens: boolean;
  progress: ProgressDisplay | undefined;
}

/**
 * Scores every line of the input that is not blank and writes its result before the next is read.
 *
 * @returns the number of lines scored
 * @throws an error that begins with `FILE:LINE:` for a line that cannot be scored
 */
export async function scoreLines(
  pair: Pair,
  input: Input,
  output: Output,
  {scoring, complete, tokens, progress}: ScoreLinesOptions,
): Promise<number> {
  let done = 0;
  let before = 0;
  const show = (bytes: number) =>
    progress?.show({
      label: 'scoring',
      fraction: input.size ? Math.min(1, bytes / input.size) : null,
      detail: `${done} ${done === 1 ? 'line' : 'lines'} done`,
    });
  show(0);
  for await (const line of linesOf(input)) {
    const start = before;
    before = line.end;
    if (isBlank(line)) {
      continue;
    }

    const onProgress = ({tokens: seen, total}: {tokens: number; total: number}) =>
      show(start + (line.end - start) * (seen / total));
    const result = await scoreLine(pair, line.bytes, {
      scoring: {...scoring, onProgress: progress && onProgress},
      complete,
      tokens,
    }).catch(error => {
      scoring.signal.throwIfAborted();
      throw placedError(`${input.name}:${line.number}`, error);
    });
    await output.write(`${result}\n`);
    done++;
    show(line.end);
  }

  return done;
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
