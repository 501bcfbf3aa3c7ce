import {readFile} from 'node:fs/promises';
import {z} from 'zod';
import {writeAtomically} from '../../runs/files/write-atomically.js';
import {fileError} from '../../utils/file-error.js';
import type {RewardMetrics} from '../loop/reward-metrics.js';
import type {TrainingDirectory} from './training-directory.js';

const count = z.int().min(0);
const metrics = {
  loss: z.number(),
  accuracy: z.number().nullable(),
  meanAbsoluteReward: z.number(),
  meanRewardRight: z.number().nullable(),
  meanRewardWrong: z.number().nullable(),
};

const schema = z.object({
  /** Of this file. */
  format: z.literal(1),
  /** All that the adapter depends on: names with dashes are options, the others files, by their hashes. */
  identity: z.record(z.string(), z.json()),
  /** Optimizer steps that the saved state has behind it. */
  step: count,
  /** The file of the trainer's state after them; `null` before the first. */
  state: z.string().nullable(),
  /** The lowest held-out loss so far and the file of the state that had it. */
  best: z.object({step: count, loss: z.number(), state: z.string()}).nullable(),
  /** How many looks at the held-out loss found none lower since. */
  looksSinceBest: count,
  /** Whether there are no more steps to make. */
  trained: z.boolean(),
  /** One for each step. */
  steps: z.array(z.object({...metrics, step: count, gradientNorm: z.number(), learningRate: z.number()})),
  /** One for each look at the held-out loss; the first is of the untrained model. */
  validations: z.array(z.object({...metrics, step: count})),
  /** What came of it; `null` until it is done. */
  result: z.json().nullable(),
});

/** What is known of a training, in `run.json`. */
export type TrainingRecord = z.output<typeof schema>;

/** A step as it is kept: what the batch was like before it. */
export interface StepRecord extends RewardMetrics {
  /** From 1 on. */
  step: number;
  /** The Euclidean norm of the gradient, before it was clipped. */
  gradientNorm: number;
  /** As the schedule has it. */
  learningRate: number;
}

/** A look at the held-out loss as it is kept. */
export interface ValidationRecord extends RewardMetrics {
  /** After which step; 0 for the untrained model. */
  step: number;
}

/** The record of a training that has done nothing yet. */
export function newTrainingRecord(identity: TrainingRecord['identity']): TrainingRecord {
  return {
    format: 1,
    identity,
    step: 0,
    state: null,
    best: null,
    looksSinceBest: 0,
    trained: false,
    steps: [],
    validations: [],
    result: null,
  };
}

/**
 * Reads the record of a training.
 *
 * @returns `undefined` if there is none
 * @throws an error that names the file, if it cannot be read or understood
 */
export async function readTrainingRecord(directory: TrainingDirectory): Promise<TrainingRecord | undefined> {
  const file = directory.file('run.json');
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return undefined;
    }

    const isForeign = error instanceof z.ZodError || error instanceof SyntaxError;
    throw fileError(
      `cannot read ${file}`,
      isForeign ? new Error('it is no record of a training of this version', {cause: error}) : error,
    );
  }
}

/** Writes the record of a training, all of it or nothing. */
export async function writeTrainingRecord(
  directory: TrainingDirectory,
  record: TrainingRecord,
): Promise<void> {
  await writeAtomically(directory.file('run.json'), `${JSON.stringify(record)}\n`);
}
