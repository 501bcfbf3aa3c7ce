/**
 * Where the final answer of a response stands.
 *
 * - `'boxed'`: in the last `\boxed{…}`, `\fbox{…}` or `\framebox{…}` that is closed, nested and escaped braces included,
 *   or in the last ones if only "and", "or" and commas are between them (`2 and 3`).
 * - `'answer-line'`: behind `Answer:` at the beginning of a line or sentence, under a heading `# Answer`, or behind
 *   `the answer is`; in some other languages too (`答案：`, `Réponse :`). Of a sentence only the answer is taken.
 * - `'hash-marks'`: behind the last `####`, as in GSM8K.
 * - `'answer-tag'`: between the last `<answer>` and `</answer>`, as in R1-Zero's template.
 * - `'last-value'`: the last formula between dollar signs, `\( \)` or `\[ \]`, or the last number if that stands behind.
 * - `'last-number'`: the last number in the text.
 * - a `RegExp`: the last match that is not blank, of that its first capture group if it took part, else the whole
 *   match. The flags `g` and `y` make no difference, `lastIndex` is neither read nor written.
 * - a function: returns the answer, or `null` if the text has none.
 */
export type AnswerExtractor = NamedExtractor | RegExp | ((text: string) => string | null);

/** The extractors that have a name. */
export type NamedExtractor =
  | 'boxed'
  | 'answer-line'
  | 'hash-marks'
  | 'answer-tag'
  | 'last-value'
  | 'last-number';
