/** A part of a run: of every `count` lines of the input the one at `index`. Blank lines do not count. */
export interface Shard {
  /** From 1 on. */
  index: number;
  count: number;
}
