import {z} from 'zod';
import {check} from '../utils/check.js';
import {checkReportResult} from './check-result.js';
import {buildReportData} from './data/build.js';
import {pageHtml} from './page-html.js';
import type {ReportOptions, ReportResult} from './types.js';

const resultsSchema = z.array(z.unknown());
const optionsSchema = z.strictObject({title: z.string().optional()});

/**
 * Makes a page to look at scored responses with: a table of all of them, each response's tokens coloured by reward, the
 * Q values of all candidates of a prompt, score distributions, and where right answers are known best-of-N curves and
 * calibration. The page is one HTML text that needs no server and no network. Texts in results are data and stay so.
 *
 * @param results - what `scoreSteps` returned for one prompt, or `{prompt, id?, reference?, results}` for each of many
 * prompts, as the lines of `score --tokens` are; in the order to be shown
 * @param options - what to call the page
 * @returns HTML
 * @throws {@link InvalidInputError} for anything that is no scored response
 */
export function toReport(results: readonly ReportResult[], options: ReportOptions = {}): string {
  for (const [index, result] of check(resultsSchema, results, "toReport's results").entries()) {
    checkReportResult(result, `toReport's results[${index}]`);
  }

  const {title = 'Process rewards'} = check(optionsSchema, options, "toReport's options");
  return pageHtml('page', {title, skipped: 0, ...buildReportData(results)});
}
