import type {ChalkInstance} from 'chalk';

/** How scored responses are laid out. */
export interface TraceLayout {
  /** The colours of the terminal. */
  chalk: ChalkInstance;
  /** Its columns. */
  width: number;
  /** The first step with σ(Q) under it is marked, 0 … 1. */
  threshold: number;
  /** The reward of one nat, above 0, which the colours go by. */
  nat: number;
  /** The size of reward on from which bars are full, above 0. */
  full: number;
}
