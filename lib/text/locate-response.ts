import type {TextRange} from '../steps/ranges.js';

/** A stretch of a response that stands in a rendered text as it is. */
export interface Stretch {
  /** Where it begins in the rendered text. */
  text: number;
  /** Where it begins in the response. */
  response: number;
  /** In UTF-16 units. */
  length: number;
}

/** Where a response is in a rendered conversation. */
export interface LocatedResponse {
  /** What is found of it, in order; at least one. */
  stretches: Stretch[];
  /** Whether only white space is missing. */
  isWhole: boolean;
}

/** What a template writes before and behind a response. */
export interface Frame {
  before: string;
  behind: string;
}

/**
 * Finds a response in the conversation that a template made with it as the last message. A template may trim it, or take
 * its thinking apart and write that anew with other white space between. So it is followed from its end, which is known
 * by what the template writes behind any response, and white space may be missing or added.
 *
 * @param frame - what the template writes around a response without thinking
 * @returns `undefined` if nothing of it is there
 */
export function locateResponse(
  conversation: string,
  response: string,
  {before, behind}: Frame,
): LocatedResponse | undefined {
  if (!conversation.endsWith(behind)) {
    return undefined;
  }

  const end = conversation.length - behind.length;
  const isFramed = conversation.startsWith(before) && before.length <= end;
  const located = follow(conversation, end, response, isFramed ? before.length : 0);
  if (located.isWhole || isFramed) {
    return located.stretches.length === 0 ? undefined : located;
  }

  // What is found of a part must not be the template's own text.
  const part = follow(conversation, end, response, commonLength(conversation, before));
  return part.stretches.length === 0 ? undefined : part;
}

/** The parts of a response that are in none of its stretches. */
export function partsLeftOut(response: string, stretches: readonly Stretch[]): TextRange[] {
  const ranges: TextRange[] = [];
  let from = 0;
  for (const {response: start, length} of [...stretches, {response: response.length, length: 0}]) {
    if (start > from) {
      ranges.push({start: from, end: start});
    }

    from = start + length;
  }

  return ranges;
}

/** Where in the response a place of the rendered text is: what the template has put in counts to what comes next. */
export function placeInResponse(
  offset: number,
  stretches: readonly Stretch[],
  responseLength: number,
): number {
  for (const {text, response, length} of stretches) {
    if (offset < text + length) {
      return response + Math.max(0, offset - text);
    }
  }

  return responseLength;
}

function follow(text: string, end: number, response: string, bound: number): LocatedResponse {
  const stretches: Stretch[] = [];
  let [at, rest] = [end, response.length];
  while (rest > 0) {
    const length = commonEnd(text, at, response, rest, bound);
    if (length > 0) {
      at -= length;
      rest -= length;
      stretches.unshift({text: at, response: rest, length});
    } else if (isSpace(response, rest - 1)) {
      rest--;
    } else if (at > bound && isSpace(text, at - 1)) {
      at--;
    } else {
      break;
    }
  }

  return {stretches, isWhole: rest === 0 && stretches.length > 0};
}

/** How many characters are the same before both places. */
function commonEnd(
  text: string,
  textEnd: number,
  response: string,
  responseEnd: number,
  bound: number,
): number {
  const most = Math.min(textEnd - bound, responseEnd);
  let length = 0;
  while (length < most && text[textEnd - 1 - length] === response[responseEnd - 1 - length]) {
    length++;
  }

  return length;
}

function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) {
    length++;
  }

  return length;
}

function isSpace(text: string, index: number): boolean {
  return /\s/u.test(text[index]!);
}
