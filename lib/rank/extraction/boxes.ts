import type {Candidate} from './candidate.js';

interface Box extends Candidate {
  /** Where its command begins, and where the closing brace ends. */
  start: number;
  end: number;
}

/** What is between boxes that are one answer together. */
const comma = /^[\s$]*(?:\\quad\s*)?[,;&]?(?:\s|\\quad|\\,|\$|\\[()])*$/;
const conjunction =
  /^[\s$.]*(?:\\[)]\s*)?(?:\\q?quad\s*)?(?:\\text\{)?[\s,]*(?:(?!no\b|not\b|wrong\b|is\b)\(?[a-z]{1,10}\)?\s+){0,4}(?:and|or)\b\s*\}?(?:\s|\\q?quad|\$|\\\(|[A-Za-z](?:_\{?\w\}?)?\s*=)*$/i;

/**
 * Finds what stands in boxes: `\boxed{…}`, `\fbox{…}`, `\framebox{…}`, and `\boxed 5`. Boxes with nothing but "and",
 * "or" or a comma between them are one answer. A box that is not closed, as in a response that was cut off, holds none.
 * Takes time linear in the text.
 *
 * @param text - any text
 * @returns the answers in order
 */
export function boxedAnswers(text: string): Candidate[] {
  const answers: Candidate[] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const box of boxes(text)) {
    const before = answers.at(-1);
    const between = before && box.start - end < 80 ? text.slice(end, box.start) : undefined;
    if (before && between !== undefined && isJoint(between)) {
      before.answer += `${/\bor\b/.test(between) ? ' or' : /\band\b/.test(between) ? ' and' : ','} ${box.answer}`;
      before.index = box.index;
    } else {
      answers.push({answer: box.answer, index: box.index});
    }

    end = box.end;
  }

  return answers;
}

function isJoint(between: string): boolean {
  return !/\n\s*\n/.test(between) && (comma.test(between) || conjunction.test(between));
}

function* boxes(text: string): Generator<Box> {
  const open: {depth: number; start: number; from: number}[] = [];
  const found: Box[] = [];
  let depth = 0;
  const tokens =
    /\\(?:boxed|fbox|framebox)(?:\s*\{|\s+(-?\d+(?:\.\d+)?|\\[A-Za-z]+|[A-Za-z](?![A-Za-z])))|\\[\s\S]|[{}]/g;
  // An escaped brace is taken whole, with its backslash, and so is an escaped backslash before a real brace.
  for (const {0: token, 1: bare, index} of text.matchAll(tokens)) {
    const end = index + token.length;
    if (bare !== undefined) {
      found.push({answer: bare, index: end, start: index, end});
    } else if (token === '{') {
      depth++;
    } else if (token === '}') {
      depth--;
      if (open.at(-1)?.depth === depth) {
        const {start, from} = open.pop()!;
        found.push({answer: text.slice(from, index), index: end, start, end});
      }
    } else if (token.length > 2 && token.endsWith('{')) {
      open.push({depth: depth++, start: index, from: end});
    }
  }

  yield* innermost(found);
}

/** Of a box in a box the inner one. */
function innermost(found: readonly Box[]): Box[] {
  return found.filter((box, index) => {
    const inner = found[index - 1];
    return !(inner && inner.start > box.start);
  });
}
