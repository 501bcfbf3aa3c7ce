/**
 * Where the final answer of a response stands.
 *
 * - `'boxed'`: in the last `\boxed{…}` or `\fbox{…}`, nested and escaped braces included. A last box that is never
 *   closed, as in a response that was cut off, holds no answer.
 * - `'answer-line'`: behind `Answer:` at the beginning of a line, or behind `the answer is` anywhere in one; the last
 *   line that has either, in any case of letters, with optional Markdown (`**Answer:** 42`, `### Final answer: 42`).
 *   `Answer:` takes the rest of the line, `the answer is` the rest of its sentence; Markdown around it and full stops
 *   behind it are left out.
 * - a `RegExp`: the last match that is not blank, of that its first capture group if it took part, else the whole
 *   match. The flags `g` and `y` make no difference, `lastIndex` is neither read nor written.
 * - a function: returns the answer, or `null` if the text has none.
 */
export type AnswerExtractor = 'boxed' | 'answer-line' | RegExp | ((text: string) => string | null);
