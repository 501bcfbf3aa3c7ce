/**
 * One step of a response and where it stands. Spans ascend and never overlap; what lies between two of them, and
 * before the first and after the last, is separator.
 */
export interface StepSpan {
  /** The step as it stands in the response: `response.slice(start, end)`. Never empty or only white space. */
  text: string;
  /** Where the step begins: an index into the response in UTF-16 units, as in `String.prototype.slice`. */
  start: number;
  /** Where the step ends, exclusive: an index into the response in UTF-16 units. */
  end: number;
}
