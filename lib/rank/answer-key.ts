import {compactText} from './compact-text.js';
import {exactNumber} from './exact-number.js';
import {plainAnswer} from './plain-answer.js';
import {splitList} from './split-list.js';

/** Answers longer than this, or nested deeper, are compared as texts: nobody means a tuple by them. */
const longestList = 10_000;
const deepestList = 8;

/**
 * Writes an answer in the one way that all answers the same as it share, see `sameAnswer`. Comparing what it returns
 * makes an equivalence, whatever the answers are.
 *
 * @param answer - any text
 * @returns equal strings for the same answers, others for others
 */
export function answerKey(answer: string): string {
  // An answer that is nothing but wrapping, such as "$$" or "...", is compared as it stands.
  return listKey(plainAnswer(answer), 0) || answer.trim();
}

function listKey(text: string, depth: number): string {
  if (text.length > longestList || depth > deepestList) {
    return compactText(text);
  }

  const {open, close, elements} = splitList(text);
  if (open === '' && elements.length === 1) {
    return singleKey(text);
  }

  const keys = elements.map(element => listKey(element.trim(), depth + 1));
  const pair = open + close;
  // (5) is 5, and {5} is a group of LaTeX; but [5] and \{5\} are something else.
  if (keys.length === 1 && (pair === '()' || pair === '{}')) {
    return keys[0]!;
  }

  return pair === '{}' || pair === '\\{\\}' ? setKey(keys) : `${open}${keys.join()}${close}`;
}

/** A set has no order, and holds nothing twice. */
function setKey(keys: readonly string[]): string {
  return `\\{${[...new Set(keys)].sort().join()}\\}`;
}

function singleKey(text: string): string {
  const compact = compactText(text);
  const percent = compact.endsWith('%') ? '%' : '';
  const number = exactNumber(percent ? compact.slice(0, -1) : compact);
  return number ? `${number.toFraction()}${percent}` : compact;
}
