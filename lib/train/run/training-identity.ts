import type {z} from 'zod';
import {baseFingerprint} from '../../pair/adapter-base.js';
import {trainingSetDigest} from '../data/training-set.js';
import type {PreparedTraining} from '../prepare-training.js';
import type {CheckedTrainOptions} from '../train-options.js';
import type {TrainingRecord} from './training-record.js';

/** All that the adapter depends on: names with dashes are options, the others files, by their hashes. */
export async function trainingIdentity(
  {set}: Pick<PreparedTraining, 'set'>,
  options: CheckedTrainOptions,
): Promise<TrainingRecord['identity']> {
  return {
    base: await baseFingerprint(options.base),
    ...(options.initialAdapter === undefined
      ? {}
      : {'initial adapter': await baseFingerprint(options.initialAdapter)}),
    data: trainingSetDigest(set),
    ...recipeOf(options),
  };
}

/** The options that the adapter depends on, by their names on the command line. */
export function recipeOf(options: CheckedTrainOptions): Record<string, z.core.util.JSONType> {
  return {
    '--objective': options.objective,
    '--beta': options.beta,
    '--rank': options.rank,
    '--alpha': options.alpha,
    '--layers': options.layers ? `last:${options.layers.last}` : 'all',
    '--learning-rate': options.learningRate,
    '--warmup': options.warmup,
    '--decay': options.decay,
    '--weight-decay': options.weightDecay,
    '--clip': options.clip,
    '--epochs': options.epochs,
    '--batch-size': options.batchSize,
    '--max-length': options.maxLength ?? 'the model’s',
    '--validation': options.validation,
    '--validations-per-epoch': options.validationsPerEpoch,
    '--early-stopping': options.earlyStopping,
    '--balance': options.balance,
    '--seed': options.seed,
  };
}
