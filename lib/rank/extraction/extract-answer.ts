import {InvalidInputError} from '../../errors/invalid-input-error.js';
import {showValue} from '../../errors/show-value.js';
import {thinkingBlocks} from '../../steps/thinking.js';
import type {AnswerExtractor, NamedExtractor} from './answer-extractor.js';
import {boxedAnswers} from './boxes.js';
import {type Candidate, lastOf} from './candidate.js';
import {labelledAnswers} from './labels.js';
import {
  calculatedAnswer,
  fieldAnswers,
  firstTurn,
  hashMarkedAnswers,
  numbers,
  taggedAnswers,
  values,
} from './marks.js';
import {matchedAnswer} from './patterns.js';

/** The extractors that have a name, and how they find all answers of a text. */
const named: Readonly<Record<NamedExtractor, (text: string) => readonly Candidate[]>> = {
  boxed: boxedAnswers,
  'answer-line': labelledAnswers,
  'hash-marks': hashMarkedAnswers,
  'answer-tag': taggedAnswers,
  'last-value': values,
  'last-number': numbers,
};

/** The names of extractors, as {@link AnswerExtractor} lists them. */
export const extractorNames = Object.keys(named) as readonly NamedExtractor[];

/**
 * Finds the final answer of a response, for {@link vote} to group by. Takes time linear in the text, but for a caller's
 * own regular expression or function.
 *
 * If `how` is left out, the last of these counts: a box, what stands behind `####`, between `<answer>` tags, in the field
 * `"answer"` of JSON, behind `Answer:` and behind `the answer is`, so a later correction beats an earlier box. Where there is none, a remark such
 * as `the value of x is 5` counts, and at last a calculation that is the last line (`40 + 2 = 42`). What stands in a
 * thinking block counts only if nothing stands outside of it, and nothing behind an end-of-turn token.
 *
 * @param text - a response, any text
 * @param how - where to look, see {@link AnswerExtractor}
 * @returns the answer without white space around it, else as it stands there; `null` if there is none or it is blank
 * @throws {@link InvalidInputError} if the text is no string, if the extractor is unknown, or if an extractor function
 * returns anything but a string or `null`; whatever the function itself throws comes through
 */
export function extractAnswer(text: string, how?: AnswerExtractor): string | null {
  if (typeof text !== 'string') {
    throw new InvalidInputError(`An answer is looked for in a string, not in ${showValue(text)}.`);
  }

  if (how instanceof RegExp) {
    return nonBlank(matchedAnswer(text, how));
  }

  if (typeof how === 'function') {
    return nonBlank(checkedAnswer(how(text)));
  }

  return outsideThinking(text, how === undefined ? anyAnswer : checkedExtractor(how));
}

type Find = (text: string) => string | null;

function checkedExtractor(how: NamedExtractor): Find {
  if (!Object.hasOwn(named, how)) {
    const names = extractorNames.map(name => `'${name}'`).join(', ');
    throw new InvalidInputError(
      `An answer extractor is ${names}, a RegExp or a function, not ${showValue(how)}.`,
    );
  }

  return text => lastAnswer(named[how](text));
}

/** What a model thinks is no answer as long as it says another. */
function outsideThinking(text: string, find: Find): string | null {
  const blocks = thinkingBlocks(text);
  if (blocks.length === 0) {
    return find(firstTurn(text));
  }

  let end = 0;
  const outside = blocks.map(block => {
    const before = text.slice(end, block.start);
    end = block.end;
    return before;
  });
  const said = [...outside, text.slice(end)].join('\n\n');
  const thought = blocks
    .map(({contentStart, contentEnd}) => text.slice(contentStart, contentEnd))
    .join('\n\n');
  return find(firstTurn(said)) ?? find(thought);
}

function anyAnswer(text: string): string | null {
  const labelled = labelledAnswers(text);
  const marked = [...boxedAnswers(text), ...hashMarkedAnswers(text), ...fieldAnswers(text)];
  const tagged = taggedAnswers(text).map(({answer, index}) => ({answer: anyAnswer(answer) ?? answer, index}));
  const final = [...marked, ...tagged].filter(isSaid);
  const box = lastOf(final);
  const said = labelled.filter(
    ({strength, answer}) =>
      isSaid({answer}) &&
      // Against a box a sentence has to have an answer in it: "the answer is correct" has none.
      (strength === 'label' || (strength === 'statement' && (!box || /[\d$\\]|^[A-J]$/.test(answer)))),
  );
  const remarks = labelled.filter(({strength}) => strength === 'remark');
  return (
    lastAnswer([...final, ...said].map(candidate => withBox(candidate))) ??
    lastAnswer(remarks) ??
    nonBlank(calculatedAnswer(text))
  );
}

/** `Answer: \boxed{5}` is 5. */
function withBox({answer, index}: Candidate): Candidate {
  return {answer: lastAnswer(boxedAnswers(answer)) ?? answer, index};
}

const isSaid = ({answer}: {answer: string}) => answer.trim() !== '';

function lastAnswer(candidates: readonly Candidate[]): string | null {
  return nonBlank(lastOf(candidates.filter(isSaid))?.answer ?? null);
}

function nonBlank(answer: string | null): string | null {
  return answer?.trim() || null;
}

function checkedAnswer(answer: unknown): string | null {
  if (typeof answer === 'string' || answer === null) {
    return answer;
  }

  throw new InvalidInputError(
    `An answer extractor has to return a string, or null for no answer, but returned ${showValue(answer)}.`,
  );
}
