import type {Candidate} from './candidate.js';

const endOfTurn =
  /<\|(?:im_end|eot_id|endoftext|end_of_text|end|return|im_start|eom_id|start_header_id)\|>|<\/s>|<eos>|<end_of_turn>|<｜end▁of▁sentence｜>|\[\/?INST\]/;

/** Cuts a text where its turn ends: what a model writes behind its end-of-turn token is no part of the response. */
export function firstTurn(text: string): string {
  const end = text.slice(1).search(endOfTurn);
  return end === -1 || text.slice(0, end + 1).trim() === '' ? text : text.slice(0, end + 1);
}

/** What stands behind `####`, as in GSM8K. A numbered heading of Markdown is none. */
export function hashMarkedAnswers(text: string): Candidate[] {
  return [...text.matchAll(/(?:^|[ \t])####[ \t]*(?=\S)([^\n]{1,200})$/gm)]
    .filter(([, rest]) => /^[-+−$€£\\(]{0,3}[.\d]/.test(rest!) && !/^\d+[.)]\s/.test(rest!))
    .map(({0: line, 1: rest, index}) => ({answer: rest!.trim(), index: index + line.length}));
}

/** What stands in `<answer>…</answer>`, the last of which may be open where the end tag was a stop string. */
export function taggedAnswers(text: string): Candidate[] {
  const parts = text.split(/<answer>/i);
  let index = 0;
  return parts.flatMap((part, place) => {
    index += part.length + (place === 0 ? 0 : '<answer>'.length);
    const answer = part.split(/<\/answer>/i, 1)[0]!.trim();
    return place === 0 || answer === '' ? [] : [{answer, index}];
  });
}

/** What an object in JSON has as its answer: `{"answer": "\\frac{1}{2}"}`, in which models often forget a backslash. */
export function fieldAnswers(text: string): Candidate[] {
  return [...text.matchAll(answerField)].map(({0: field, 1: quoted, 2: bare, index}) => ({
    answer: bare ?? quoted!.replace(/\\([\\"])/g, '$1'),
    index: index + field.length,
  }));
}

const answerField =
  /"(?:(?:final|correct)[_ ]?)?answer"\s{0,8}:\s{0,8}(?:"((?:[^"\\\n]|\\[^\n]){1,500})"|(-?\d[\d.]{0,40}|true|false))/gi;

/** The formulas of a text, between dollar signs, `\( \)` or `\[ \]`, and the numbers outside of them. */
export function values(text: string): Candidate[] {
  const formulas: Candidate[] = [];
  const outside = text.replace(formula, (all: string, ...[a, b, c, d, index]: (string | undefined)[]) => {
    formulas.push({answer: a ?? b ?? c ?? d ?? '', index: Number(index) + all.length});
    // As long as the formula, so that places stay.
    return ';'.repeat(all.length);
  });
  return [...formulas.filter(({answer}) => answer.trim() !== ''), ...numbers(outside)];
}

const formula = /\$\$([^$]+)\$\$|\$([^$\n]+)\$|\\\(([^\n]*?)\\\)|\\\[([\s\S]*?)\\\]/g;

/** The numbers of a text: not those in a word. */
export function numbers(text: string): Candidate[] {
  return [...text.matchAll(number)].map(({0: answer, index}) => ({answer, index: index + answer.length}));
}

const number =
  /(?<![\w.,])[-−]?(?:(?:\d{1,3}(?:[,\u202f\u2009 ]\d{3})+(?!\d)|\d+)(?:\.\d+|\/\d+)?|\.\d+)(?:\s?\\?%)?(?![\dA-Za-z]{3})/g;

/** The result of a calculation that is the last line: 42 of `40 + 2 = 42` and of `x = 40 + 2 = 42`. */
export function calculatedAnswer(text: string): string | null {
  const line = text.trimEnd().split('\n').at(-1)!;
  const [, left, result] =
    /^(?:[^=\n]{1,40}=)?([^=\n]*)=\s*([-−]?[\d.,]+(?:\/\d+)?)\s*[.$]*$/.exec(line.slice(-300)) ?? [];
  const bare = left?.replace(/\\(?:times|cdot|div|frac|left|right)(?![A-Za-z])/g, '') ?? '';
  const isFormula = /\d/.test(bare) && !/[A-Za-z:]/.test(bare);
  return isFormula ? result!.replace(/[.,]+$/, '') : null;
}
