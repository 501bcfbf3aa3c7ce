import {InvalidInputError} from '../errors/invalid-input-error.js';
import {showValue} from '../errors/show-value.js';
import {sigmoid} from './sigmoid.js';

/**
 * How the values of the steps become one score for the response, in the unit of the values unless it says
 * otherwise.
 *
 * - `'min'`: the lowest; the default of arXiv 2412.01981 for best-of-N (a solution is as good as its worst step).
 * - `'sum'`: of step rewards, this is the outcome reward.
 * - `'mean'`: the sum over the number of steps.
 * - `'last'`: the value of the last step; of Q values, this is the outcome reward.
 * - `'product'`: of the probabilities σ(value), so 0 … 1.
 */
export type Aggregate = 'min' | 'sum' | 'mean' | 'last' | 'product';

const methods: Readonly<Record<Aggregate, (values: ArrayLike<number>) => number>> = {
  min: values => fold(values, Number.POSITIVE_INFINITY, Math.min),
  sum,
  mean: values => sum(values) / values.length,
  last: values => values[values.length - 1]!,
  product: values => fold(values, 1, (product, value) => product * sigmoid(value)),
};

/**
 * Turns the values of a response's steps into one score.
 *
 * @param values - one number a step, rewards or Q values, at least one
 * @param method - see {@link Aggregate}
 * @returns the score, in the unit of the values, or a probability for `'product'`
 * @throws {@link InvalidInputError} if there are no values, if one is no number or NaN, or if the method is unknown
 */
export function aggregate(values: ArrayLike<number>, method: Aggregate = 'min'): number {
  if (!Object.hasOwn(methods, method)) {
    const allowed = Object.keys(methods).map(name => `'${name}'`);
    throw new InvalidInputError(`An aggregate is one of ${allowed.join(', ')}, not ${showValue(method)}.`);
  }

  checkValues(values);
  return methods[method](values);
}

function checkValues(values: ArrayLike<number>): void {
  if (values.length === 0) {
    throw new InvalidInputError('An aggregate needs the value of at least one step.');
  }

  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (typeof value !== 'number' || Number.isNaN(value)) {
      throw new InvalidInputError(`An aggregate needs numbers, but values[${index}] is ${showValue(value)}.`);
    }
  }
}

function sum(values: ArrayLike<number>): number {
  return fold(values, 0, (total, value) => total + value);
}

// Spelled out because typed arrays and plain arrays share no `reduce` that TypeScript can call.
function fold(values: ArrayLike<number>, initial: number, combine: (a: number, b: number) => number): number {
  let result = initial;
  for (let index = 0; index < values.length; index++) {
    result = combine(result, values[index]!);
  }

  return result;
}
