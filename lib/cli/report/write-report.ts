import {buildReportData} from '../../report/data/build.js';
import {buildSearchData} from '../../report/data/build-search.js';
import {pageHtml} from '../../report/page-html.js';
import {writeAtomically} from '../../runs/files/write-atomically.js';
import {writeStdout} from '../terminal/stdout.js';
import type {ReportLines} from './read-lines.js';

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
  {results, searches, skipped}: ReportLines,
  {title}: WriteReportOptions,
): Promise<void> {
  const page =
    searches.length > 0
      ? pageHtml('search', {title, skipped, ...buildSearchData(searches)})
      : pageHtml('page', {title, skipped, ...buildReportData(results)});
  await (output === '-' ? writeStdout(page) : writeAtomically(output, page));
}
