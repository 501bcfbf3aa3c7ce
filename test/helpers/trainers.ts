import {
  type NamedValues,
  NativeTrainer,
  type NativeTrainerOptions,
} from '../../lib/engine/native/native-trainer.js';
import {seededRandom} from '../../lib/utils/seeded-random.js';

export interface Tokens {
  tokens: Int32Array;
  from: number;
}

/** Opens a trainer with one thread, hands it over and closes it. */
export async function withTrainer<T>(
  options: Partial<NativeTrainerOptions> & {base: string},
  use: (trainer: NativeTrainer) => Promise<T>,
): Promise<T> {
  const trainer = await NativeTrainer.open({
    ...{rank: 4, alpha: 8, seed: 1, threads: 1, maxTokens: 256},
    ...options,
  });
  try {
    return await use(trainer);
  } finally {
    await trainer.close();
  }
}

/** Responses to two prompts: two that share theirs and part of themselves, and one of another length. */
export function someSequences(seed = 1, length = 20): Tokens[] {
  const random = seededRandom(seed);
  const letters = (count: number) => Array.from({length: count}, () => 97 + Math.floor(26 * random()));
  const prompt = letters(12);
  const begun = [...prompt, ...letters(5)];
  return [
    {tokens: Int32Array.from([...begun, ...letters(length - 5)]), from: 12},
    {tokens: Int32Array.from([...begun, ...letters(6)]), from: 12},
    {tokens: Int32Array.from(letters(length + 9)), from: 5},
  ];
}

/** Gives the adapter numbers by which it changes what the model says. */
export async function shake(trainer: NativeTrainer, by = 0.05, seed = 7): Promise<NamedValues[]> {
  const random = seededRandom(seed);
  const shaken = (await trainer.parameters()).map(({name, values}) => ({
    name,
    values: values.map(value => value + by * (2 * random() - 1)),
  }));
  await trainer.setParameters(shaken);
  return shaken;
}

export async function gradientsOf(
  trainer: NativeTrainer,
  sequences: readonly Tokens[],
  weights: readonly (number | Float32Array)[],
): Promise<NamedValues[]> {
  await trainer.forward(sequences, {adapter: true, keep: true});
  await trainer.backward(weights);
  return trainer.gradients();
}

/** Σ weights[i] Σ log π of sequence i. */
export async function weightedSum(
  trainer: NativeTrainer,
  sequences: readonly Tokens[],
  weights: readonly number[],
): Promise<number> {
  const logprobs = await trainer.forward(sequences, {adapter: true, keep: false});
  return logprobs.reduce((sum, values, i) => sum + weights[i]! * sumOf(values), 0);
}

export function sumOf(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) {
    sum += value;
  }

  return sum;
}

export function normOf(gradients: readonly NamedValues[]): number {
  return Math.sqrt(sumOf(gradients.map(({values}) => sumOf(values.map(value => value ** 2)))));
}

/** |a − b| / |b|, all together. */
export function relativeDistance(a: readonly NamedValues[], b: readonly NamedValues[]): number {
  const difference = b.map(({name, values}, i) => ({
    name,
    values: values.map((value, k) => a[i]!.values[k]! - value),
  }));
  return normOf(difference) / normOf(b);
}

/** How far, relatively, the gradients are from what moving the adapter a little along them changes. */
export async function distanceFromDifferences(
  trainer: NativeTrainer,
  sequences: readonly Tokens[],
  {weights = [1, -0.5, 0.25], step = 5e-3} = {},
): Promise<number> {
  const at = await trainer.parameters();
  const gradients = await gradientsOf(trainer, sequences, weights);
  const norm = normOf(gradients);
  const sumAt = async (by: number) => {
    await trainer.setParameters(
      at.map(({name, values}, i) => ({
        name,
        values: values.map((value, k) => value + (by / norm) * gradients[i]!.values[k]!),
      })),
    );
    return weightedSum(trainer, sequences, weights);
  };
  const slope = ((await sumAt(step)) - (await sumAt(-step))) / (2 * step);
  await trainer.setParameters(at);
  return Math.abs(slope / norm - 1);
}
