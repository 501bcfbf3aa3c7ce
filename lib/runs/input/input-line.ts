/** A line of the input, or an element of the JSON array that it is, and where. */
export interface InputLine {
  /** JSON. */
  bytes: Uint8Array;
  /** Of the line or the element, from 1 on. */
  number: number;
  /** Such as `data.jsonl:17`. */
  place: string;
  /** Where it ends, in bytes of the input. */
  end: number;
}
