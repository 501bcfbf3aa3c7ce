import {z} from 'zod';
import {InvalidInputError} from '../../errors/invalid-input-error.js';
import {checkReportResult} from '../../report/check-result.js';
import {checkSearchedLine, type SearchedLine} from '../../report/data/build-search.js';
import type {ReportResult} from '../../report/types.js';
import type {InputLine} from '../../runs/input/lines.js';
import {openInput} from '../../runs/input/open-input.js';
import {parseRecord} from '../../runs/input/parse-record.js';
import {missingField} from '../../runs/input/record-fields.js';
import {inputRecords} from '../../runs/input/records.js';
import {isSkippedLine} from '../../runs/skipped-line.js';
import {placedError} from '../../utils/file-error.js';

type ReportLine = Pick<InputLine, 'bytes' | 'place'>;

/** What a report is made of. */
export interface ReportLines {
  results: ReportResult[];
  /** Of searches, which have a page of their own. */
  searches: SearchedLine[];
  /** Lines that stand for those that could not be scored. */
  skipped: number;
}

/**
 * Reads what `score --tokens` or `search --tree` wrote.
 *
 * @param sources - files, `-` for stdin, or lines, in the order to be shown
 * @throws an error that begins with `FILE:LINE:` for a line that is no such result
 */
export async function readReportLines(
  sources: readonly (string | readonly ReportLine[])[],
  signal: AbortSignal,
): Promise<ReportLines> {
  const lines: ReportLines = {results: [], searches: [], skipped: 0};
  for (const source of sources) {
    for await (const line of typeof source === 'string' ? linesOf(source, signal) : source) {
      signal.throwIfAborted();
      try {
        addLine(lines, line);
      } catch (error) {
        throw placedError(line.place, error);
      }
    }
  }

  return lines;
}

async function* linesOf(file: string, signal: AbortSignal): AsyncGenerator<ReportLine, void, undefined> {
  const input = await openInput(file, signal);
  try {
    yield* inputRecords(input, 'result');
  } finally {
    // An open stdin would keep the process alive.
    input.stream.destroy();
  }
}

function addLine(lines: ReportLines, {bytes}: ReportLine): void {
  if (isSkippedLine(bytes)) {
    lines.skipped++;
    return;
  }

  const value = parseRecord(bytes, z.unknown(), 'the line');
  if (isSearched(value)) {
    lines.searches.push(checkSearchedLine(value, 'the line'));
    return;
  }

  requireScored(value);
  lines.results.push(checkReportResult(value, 'the line'));
}

function isSearched(value: unknown): boolean {
  return isRecord(value) && 'method' in value && 'answers' in value && 'ended' in value;
}

/** A data set that is still to be scored is taken for its results easily. */
function requireScored(value: unknown): void {
  if (isRecord(value) && !('results' in value) && !('reward' in value)) {
    const {message} = missingField(['reward', 'results'], value, 'the line');
    throw new InvalidInputError(
      `${message}. It is not scored: a report is made of what score --tokens writes`,
    );
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
