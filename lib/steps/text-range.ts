/** A piece of a text, from `start` up to and without `end`, in UTF-16 units. */
export interface TextRange {
  start: number;
  end: number;
}
