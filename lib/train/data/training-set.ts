import {createHash} from 'node:crypto';
import type {Prompt} from '../../text/prompt.js';
import type {TrainingSequence} from '../trainer.js';
import type {LabelledSteps} from './training-record.js';
import type {UnusedCounts} from './unused-reason.js';

/** A response to learn from, or to be tested on, as tokens. */
export interface TrainingExample extends TrainingSequence {
  prompt: Prompt;
  text: string;
  answer: string | null;
  correct: boolean;
  /** Whether it has come to its end, so that the end-of-turn token belongs to it. */
  complete: boolean;
  /** For each token of the response where in its text it begins. */
  starts: Uint32Array;
  /** Its steps, where it is known which of them is the first wrong one: for measuring only. */
  solution?: LabelledSteps | undefined;
  /** The prompt's number: the same for all responses to it. */
  group: number;
}

/** What a training learns from and is tested on. */
export interface TrainingSet {
  examples: readonly TrainingExample[];
  /** For each prompt the indices of its examples. */
  groups: readonly (readonly number[])[];
  unused: UnusedCounts;
  /** The number of lines that all came from. */
  records: number;
}

/** Recognises a training set by all that training depends on. */
export function trainingSetDigest({examples}: Pick<TrainingSet, 'examples'>): string {
  const hash = createHash('sha256');
  for (const {tokens, from, group, correct} of examples) {
    hash.update(Int32Array.of(tokens.length, from, group, Number(correct)));
    hash.update(tokens);
  }

  return hash.digest('hex');
}
