import {z} from 'zod';
import {checkReportResult} from '../report/check-report-result.js';
import type {ReportResult} from '../report/report-types.js';
import {isSkippedLine} from '../runs/skipped-line.js';
import {evalAtPlace} from './eval-at-place.js';
import {type EvalLine, evalLines} from './eval-lines.js';
import {evalRecord} from './eval-record.js';

/** What a report is made of. */
export interface ReportLines {
  results: ReportResult[];
  /** Lines that stand for those that could not be scored. */
  skipped: number;
}

/**
 * Reads what `score --tokens` wrote.
 *
 * @param sources - files, `-` for stdin, or lines, in the order to be shown
 * @throws an error that begins with `FILE:LINE:` for a line that is no such result
 */
export async function readReportLines(
  sources: readonly (string | readonly EvalLine[])[],
  signal: AbortSignal,
): Promise<ReportLines> {
  const lines: ReportLines = {results: [], skipped: 0};
  for (const source of sources) {
    for await (const line of typeof source === 'string' ? evalLines(source, signal) : source) {
      await evalAtPlace(line.place, signal, () => addLine(lines, line));
    }
  }

  return lines;
}

function addLine(lines: ReportLines, {bytes}: EvalLine): void {
  if (isSkippedLine(bytes)) {
    lines.skipped++;
    return;
  }

  lines.results.push(checkReportResult(evalRecord(bytes, z.unknown(), 'the line'), 'the line'));
}
