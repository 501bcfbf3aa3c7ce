import {InvalidInputError} from '../errors/invalid-input-error.js';
import {showValue} from '../errors/show-value.js';

/**
 * How much each token's log-ratio counts. β is multiplied by a factor w_t for token t = 1 … T of the response:
 *
 * | schedule | w_t | in the authors' code |
 * |---|---|---|
 * | `'constant'` | 1, as in arXiv 2412.01981, section 3 | `constant` |
 * | `'reciprocal'` | 1 / t | `weighted` |
 * | `'exponential'` | 0.95^(t − 1) | `weighted exponential decay` |
 * | `'length-normalised'` | 1 / T | `length normalized` |
 * | a function | whatever it returns for `(t, T)`, a finite number | |
 *
 * The names come from `compute_beta` in `eval/prm_eval_utils.py` of PRIME-RL/ImplicitPRM, of which the released
 * evaluation uses only `constant`. Two things differ there: t counts from the first token of the whole sequence,
 * prompt included, here from the first token of the response, so that a longer prompt changes no reward; and its
 * `length normalized` divides by the place where the running sum of log-ratios is highest, not by the length.
 *
 * Only with `'constant'` are step rewards differences of the paper's Q values.
 */
export type BetaSchedule =
  | 'constant'
  | 'reciprocal'
  | 'exponential'
  | 'length-normalised'
  | ((t: number, length: number) => number);

const decay = 0.95;

/**
 * Works out the factors of a β schedule.
 *
 * @param schedule - see {@link BetaSchedule}
 * @param length - T, the number of tokens of the response
 * @returns w_1 … w_T, without a unit; `'exponential'` underflows to 0 after some 14,000 tokens
 * @throws {@link InvalidInputError} if the schedule is unknown, if its function returns anything but a finite
 * number, or if the length is no whole number from 0
 */
export function betaWeights(schedule: BetaSchedule, length: number): Float64Array {
  if (!Number.isSafeInteger(length) || length < 0) {
    throw new InvalidInputError(
      `A number of tokens has to be a whole number from 0, not ${showValue(length)}.`,
    );
  }

  const weightAt = weightFunction(schedule);
  const weights = new Float64Array(length);
  for (let index = 0; index < length; index++) {
    weights[index] = weightAt(index + 1, length);
  }

  return weights;
}

function weightFunction(schedule: BetaSchedule): (t: number, length: number) => number {
  switch (schedule) {
    case 'constant':
      return () => 1;
    case 'reciprocal':
      return t => 1 / t;
    case 'exponential':
      return t => decay ** (t - 1);
    case 'length-normalised':
      return (_, length) => 1 / length;
    default:
      return checkedFunction(schedule);
  }
}

function checkedFunction(
  schedule: (t: number, length: number) => number,
): (t: number, length: number) => number {
  if (typeof schedule !== 'function') {
    throw new InvalidInputError(
      "A beta schedule is 'constant', 'reciprocal', 'exponential', 'length-normalised' or a function, not " +
        `${showValue(schedule)}.`,
    );
  }

  return (t, length) => {
    const weight = schedule(t, length);
    if (!Number.isFinite(weight)) {
      throw new InvalidInputError(
        `A beta schedule has to return a finite number, but returned ${showValue(weight)} for t = ${t} of ${length}.`,
      );
    }

    return weight;
  };
}
