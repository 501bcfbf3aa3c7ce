import type {Estimate} from '../../lib/eval/bootstrap.js';
import type {recipe} from './recipe.js';

/** A figure of the pair beside the same of its control, the untrained base's log-probability, where it has one. */
export interface Figure {
  pair: Estimate;
  control: Estimate | null;
}

/** How well wrong steps are found, without intervals. */
export interface TraceFigures {
  traces: number;
  erroneous: number;
  correct: number;
  stepAuc: number;
  firstErrorLowest: number;
  accuracyErroneous: number;
  accuracyCorrect: number;
}

/** All that was measured of the pair that ships: what its card says. */
export interface Figures {
  recipe: typeof recipe;
  training: {
    prompts: number;
    responses: number;
    right: number;
    heldOutPrompts: number;
    heldOutResponses: number;
    steps: number;
    bestStep: number;
  };
  measured: {problems: number; responses: number; traces: number};
  figures: Record<FigureName, Figure>;
  /** Under which σ(Q) a step counts as wrong, chosen on traces of their own. */
  threshold: number;
  /** The share of first errors that it finds among all traces, and that of right traces in which it finds none. */
  found: {erroneous: number; right: number; ofErroneous: number; ofRight: number};
  /** Of the first traces that ship as examples: what a test can measure again at once. */
  examples: TraceFigures;
}

/** What is measured. */
export type FigureName =
  | 'stepAuc'
  | 'firstErrorLowest'
  | 'outcomeAucMin'
  | 'processBenchF1'
  | 'bestOf16'
  | 'bestOf16WithoutReference'
  | 'weightedVote'
  | 'majority'
  | 'randomChoice'
  | 'anyOf16';
