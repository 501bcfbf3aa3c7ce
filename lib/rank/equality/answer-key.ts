import type {AnswerTree} from './answer-tree.js';
import {compactText} from './compact-text.js';
import {exactNumber} from './exact-number.js';
import {parseAnswer} from './parse-answer.js';
import {plainAnswer} from './plain-answer.js';
import {roundedFrom} from './rounded-number.js';
import {withoutUnit} from './words.js';

/**
 * Writes an answer in the one way that all answers the same as it share, see `sameAnswer`. Comparing what it returns
 * makes an equivalence, whatever the answers are.
 *
 * @param answer - any text
 * @returns equal strings for the same answers, others for others
 */
export function answerKey(answer: string): string {
  // An answer that is nothing but wrapping, such as "$$" or "...", is compared as it stands.
  return keyOf(parseAnswer(plainAnswer(answer))) || answer.trim();
}

/** The same for an answer that has been taken apart. */
export function keyOf(tree: AnswerTree): string {
  switch (tree.kind) {
    case 'leaf':
      return leafKey(tree.text);
    case 'list':
      return `${tree.open}${tree.elements.map(keyOf).join()}${tree.close}`;
    case 'set':
      return setKey(tree);
    case 'union':
      return `\\cup{${distinctKeys(tree.elements).join()}}`;
    case 'equation':
      return tree.named ? keyOf(tree.right) : `${keyOf(tree.left)}=${keyOf(tree.right)}`;
    case 'relation':
      return `${keyOf(tree.left)}${tree.operator}${keyOf(tree.right)}`;
  }
}

/** A list without brackets that says one thing twice is that thing. */
function setKey({elements, isBare}: AnswerTree & {kind: 'set'}): string {
  const keys = distinctKeys(elements);
  return isBare && keys.length === 1 ? keys[0]! : `\\{${keys.join()}\\}`;
}

function distinctKeys(elements: readonly AnswerTree[]): string[] {
  return [...new Set(elements.map(keyOf))].sort();
}

function leafKey(text: string): string {
  const compact = compactText(withoutUnit(text));
  const number = exactNumber(compact);
  if (number) {
    return roundedFrom(number) ?? number.toFraction();
  }

  return percentKey(compact) ?? compact;
}

/** A whole percentage is its number, as in the convention of the MATH data set; any other is the number it means. */
function percentKey(compact: string): string | undefined {
  const percent = compact.endsWith('%') ? exactNumber(compact.slice(0, -1)) : undefined;
  return percent && (percent.d === 1n ? percent : percent.div(100)).toFraction();
}
