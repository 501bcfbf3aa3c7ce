import {buildReportData} from '../report/build-report-data.js';
import {pageHtml} from '../report/page-html.js';
import {writeAtomically} from '../runs/write-atomically.js';
import type {ReportLines} from './read-report-lines.js';
import {writeStdout} from './write-stdout.js';

/** How to write a report. */
export interface WriteReportOptions {
  title: string;
}

/**
 * Writes the page of results.
 *
 * @param output - a path, `-` for stdout
 */
export async function writeReport(
  output: string,
  {results, skipped}: ReportLines,
  {title}: WriteReportOptions,
): Promise<void> {
  const page = pageHtml({title, skipped, ...buildReportData(results)});
  await (output === '-' ? writeStdout(page) : writeAtomically(output, page));
}
