/**
 * How to cut a response into steps. No splitter yields a step that is empty or only white space: such a piece
 * counts as part of the separator.
 *
 * - `'blank-line'`: at one or more lines that are empty or hold only white space; the usual layout of a reasoning
 *   trace, and the one the evaluation code of arXiv 2412.01981 uses. Blank lines between code fences, in LaTeX
 *   environments and between `\[` and `\]` cut nothing.
 * - `'line'`: at every line end, as in PRM800K. Lines end with `\n`, `\r\n` or `\r`.
 * - `'step-label'`: before every line that begins with `Step <number>` and `:`, `.`, `)` or a dash, or that is nothing but
 *   that, in any case of letters, with optional indentation and Markdown (`**Step 1:**`, `### Step 2.`) or LaTeX
 *   (`\textbf{Step 1:}`); `步骤 1：` and `第一步：` too. Where there is no such label, at the items of a numbered list. What
 *   stands before the first label is a step of its own, and so is a last paragraph that says the answer.
 * - `'step-mark'`: at the mark `ки` of Math-Shepherd and `<extra_0>` of Qwen's reward models, which belong to no step.
 *
 *   With these four a piece that is only the marker of a thinking block (`<think>`, `</think>` and their like) is no step:
 *   an opening one belongs to what is thought first, a closing one to what is thought last.
 * - `{separator}`: at every occurrence of a non-empty string, which belongs to no step.
 * - a `RegExp`: at every match, which belongs to no step. The flags `g` and `y` make no difference, `lastIndex` is
 *   neither read nor written, capture groups are ignored. A match of no width, such as that of a lookahead
 *   `/(?=Step \d+:)/`, cuts where it lies. One that takes longer than five seconds is an error.
 * - a function: returns the pieces, which joined have to be the response again, character by character. Every
 *   piece is a step as it is.
 */
export type StepSplitter =
  | 'blank-line'
  | 'line'
  | 'step-label'
  | 'step-mark'
  | {
      /** What stands between two steps, not empty. */
      separator: string;
    }
  | RegExp
  | ((response: string) => readonly string[]);
