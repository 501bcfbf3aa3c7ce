import {check} from '../utils/check.js';
import type {PlacedRecord} from './data/collect-prompts.js';
import {nativeTools} from './native-tools.js';
import {train} from './train.js';
import type {TrainEvent, TrainResult} from './train-events.js';
import {type Records, type TrainOptions, trainOptionsSchema} from './train-options.js';

/**
 * Makes a pair: trains an adapter on a base with responses that are known to be right or wrong, so that base and adapter are
 * the policy and the base alone is the reference of an implicit process reward model (arXiv 2412.01981).
 *
 * R(y) = β log(π_θ(y | x) / π_ref(y | x)) is fitted to the outcomes. Responses to some prompts are held out: they tell which
 * of the adapters on the way is the best, and at the end how good it is, beside its control, the untrained base's
 * log-probability.
 *
 * What has been done is in `OUTPUT.run` at every checkpoint, whatever ends the process; a training that is resumed comes to
 * the same adapter as one that was not disturbed. Ending the iteration, or the signal, saves a checkpoint too.
 *
 * @returns events as it goes on, the last with the result, which is also returned
 * @throws {@link InvalidInputError} for wrong options or records, or if there is nothing to learn from;
 * {@link ModelError} `TRAINING_UNSUPPORTED` for a base that cannot be trained; {@link TrainingError} for numbers that leave
 * all bounds; {@link EvaluationError}; an error that says what differs, if a training of something else is to be resumed
 */
export async function* trainPair(options: TrainOptions): AsyncGenerator<TrainEvent, TrainResult, undefined> {
  const checked = check(trainOptionsSchema, options, "trainPair's options");
  const {data, steps} = checked;
  const input = {
    data: placed(data, "trainPair's data"),
    steps: steps && placed(steps, "trainPair's steps"),
  };
  return yield* train(input, checked, nativeTools);
}

async function* placed(records: Records, name: string): AsyncGenerator<PlacedRecord, void, undefined> {
  let number = 0;
  for await (const value of records) {
    yield {value, place: `Record ${++number} of ${name}`};
  }
}
