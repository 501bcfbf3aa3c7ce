import {z} from 'zod';
import type {RunRecord} from '../runs/record.js';
import type {CachedScorer} from './scoring/cached-scorer.js';
import type {StepsOptions} from './scoring/steps-of.js';

/** What an evaluation does with each record of its data set. */
export interface EvalTask<Unscored> {
  /** The command. */
  name: 'best-of-n' | 'processbench';
  /** What a record is. */
  noun: 'problem' | 'sample';
  /** The options that results depend on, but for those that all evaluations have. */
  identity: RunRecord['identity'];
  /**
   * Reads a record.
   *
   * @throws `InvalidInputError` for one that is wrong
   */
  read(bytes: Uint8Array): Unscored;
  /** Scores it: makes what is all that the tables need to know of it, fit for JSON. */
  score(
    record: Unscored,
    scorer: CachedScorer,
    rewards: StepsOptions,
    watching: NonNullable<Parameters<CachedScorer['score']>[1]>,
  ): Promise<object>;
}

/** What a record may be called; it is passed on to its result. */
export const recordIdSchema = z.union([z.string(), z.number()]).optional();
