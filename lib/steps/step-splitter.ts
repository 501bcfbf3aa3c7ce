/**
 * How to cut a response into steps. No splitter yields a step that is empty or only white space: such a piece
 * counts as part of the separator.
 *
 * - `'blank-line'`: at one or more lines that are empty or hold only white space; the usual layout of a reasoning
 *   trace, and the one the evaluation code of arXiv 2412.01981 uses.
 * - `'line'`: at every line end. Lines end with `\n` or `\r\n`.
 * - `'step-label'`: before every line that begins with `Step <number>` and `:`, `.` or `)`, in any case of
 *   letters, with optional indentation and Markdown (`**Step 1:**`, `### Step 2.`). What stands before the first
 *   label is a step of its own.
 * - `{separator}`: at every occurrence of a non-empty string, which belongs to no step.
 * - a `RegExp`: at every match, which belongs to no step. The flags `g` and `y` make no difference, `lastIndex` is
 *   neither read nor written, capture groups are ignored. A match of no width, such as that of a lookahead
 *   `/(?=Step \d+:)/`, cuts where it lies.
 * - a function: returns the pieces, which joined have to be the response again, character by character. Every
 *   piece is a step as it is.
 */
export type StepSplitter =
  | 'blank-line'
  | 'line'
  | 'step-label'
  | {
      /** What stands between two steps, not empty. */
      separator: string;
    }
  | RegExp
  | ((response: string) => readonly string[]);
