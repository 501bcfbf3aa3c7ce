/** What an answer is made of. Leaves are formulas, numbers and words as `plainAnswer` writes them. */
export type AnswerTree =
  | {kind: 'leaf'; text: string}
  /** A tuple, interval, row of a matrix: elements in order between brackets of some kind. */
  | {kind: 'list'; open: string; close: string; elements: AnswerTree[]}
  /** `\{1, 2\}`, and a list without brackets: no order, nothing twice. */
  | {kind: 'set'; isBare: boolean; elements: AnswerTree[]}
  /** `A \cup B`, and inequalities between which stands an "or". */
  | {kind: 'union'; elements: AnswerTree[]}
  /** `x = 5`; `named` where the left side only gives the right one a name. */
  | {kind: 'equation'; left: AnswerTree; right: AnswerTree; named: boolean}
  /** `a < b`, `a \le b`, `a \ne b` that are no interval. */
  | {kind: 'relation'; operator: '<' | '\\le' | '\\ne'; left: AnswerTree; right: AnswerTree};
