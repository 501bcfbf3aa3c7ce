import {z} from 'zod';
import {check} from '../utils/check.js';
import {buildSearchData, checkSearchedLine} from './data/build-search.js';
import {pageHtml} from './page-html.js';
import type {ReportOptions, ReportSearch} from './types.js';

const searchesSchema = z.array(z.unknown());
const optionsSchema = z.strictObject({title: z.string().optional()});

/**
 * Makes a page to look at searches with: for each the answer, the tokens that it took, and the tree of all that was
 * written, each step with its reward and Q value, the way to the best response marked and what was given up dimmed. One
 * HTML text that needs no server and no network. Texts in searches are data and stay so.
 *
 * @param searches - what {@link search} returned with its prompt, `{prompt, method, n, ...result}`, or lines of
 * `search --tree`; in the order to be shown. With a `reference` and no `correct` the answer is compared with it
 * @param options - what to call the page
 * @returns HTML
 * @throws {@link InvalidInputError} for anything that is no search, or has no tree
 */
export function toSearchReport(searches: readonly ReportSearch[], options: ReportOptions = {}): string {
  const {title = 'Searches'} = check(optionsSchema, options, "toSearchReport's options");
  const lines = check(searchesSchema, searches, "toSearchReport's searches").map((one, index) =>
    checkSearchedLine(one, `toSearchReport's searches[${index}]`),
  );
  return pageHtml('search', {title, skipped: 0, ...buildSearchData(lines)});
}
