import {readFile} from 'node:fs/promises';
import {writeAtomically} from '../../lib/runs/files/write-atomically.js';
import type {OpenTokeniser} from '../../lib/train/train.js';
import type {
  OptimizerStepOptions,
  Trainer,
  TrainerOptions,
  TrainingSequence,
} from '../../lib/train/trainer.js';
import {seededRandom} from '../../lib/utils/seeded-random.js';

/** Tokens are the bytes of a text; 1 ends a prompt, 2 a turn. */
export const vocabulary = 128;

/** A tokeniser for {@link BigramTrainer}. */
export const byteTokeniser: OpenTokeniser = {
  tokeniser: {
    async tokenise(prompt, responses, {complete}) {
      const start = [...Buffer.from(JSON.stringify(prompt)), 1];
      return responses.map(response => {
        const own = [...Buffer.from(response), ...(complete ? [2] : [])];
        return {
          tokens: Int32Array.from([...start, ...own]),
          promptLength: start.length,
          starts: Uint32Array.from(own, (_, index) => index),
          rendering: 'conversation',
          unscored: [],
          isCutByTemplate: false,
        };
      });
    },
  },
  name: 'bigrams',
  contextLength: 200,
  close: async () => undefined,
};

interface State {
  weights: Float64Array;
  first: Float64Array;
  second: Float64Array;
  steps: number;
}

/** A log-linear model of each token given the one before, with exact gradients: log π(b | a) is a softmax of one row. */
export class BigramTrainer implements Trainer {
  readonly description = {
    architecture: 'bigram',
    device: '',
    parameters: vocabulary ** 2,
    targets: ['bigrams'],
    layers: 1,
    layersTrained: 1,
    contextLength: 200,
    memory: {weights: 0, adapter: 0, optimizer: 0, activations: 0, graph: 0},
    selfCheck: {worst: 0, mean: 0},
  };
  /** What was asked for. */
  readonly calls = {forward: 0, backward: 0, step: 0, save: 0, largest: 0};
  readonly #base: Float64Array;
  readonly #gradient = new Float64Array(vocabulary ** 2);
  #state: State;
  /** Rows that are known. */
  readonly #baseRows: Float64Array[] = [];
  #rows: Float64Array[] = [];
  #kept: readonly TrainingSequence[] = [];
  isClosed = false;

  constructor(readonly options: TrainerOptions) {
    const random = seededRandom(7);
    this.#base = Float64Array.from({length: vocabulary ** 2}, () => random() - 0.5);
    const zeros = () => new Float64Array(vocabulary ** 2);
    this.#state = {weights: zeros(), first: zeros(), second: zeros(), steps: 0};
  }

  /** The adapter's numbers. */
  get weights(): Float64Array {
    return this.#state.weights;
  }

  async forward(
    sequences: readonly TrainingSequence[],
    {adapter, keep, signal}: {adapter: boolean; keep: boolean; signal?: AbortSignal | undefined},
  ): Promise<Float32Array[]> {
    signal?.throwIfAborted();
    this.calls.forward++;
    this.calls.largest = Math.max(
      this.calls.largest,
      sequences.reduce((sum, {tokens}) => sum + tokens.length, 0),
    );
    this.#kept = keep ? sequences : [];
    return sequences.map(({tokens, from}) =>
      Float32Array.from(tokens.subarray(from), (token, index) =>
        Math.log(this.#row(tokens[from + index - 1]!, adapter)[token]!),
      ),
    );
  }

  async backward(weights: readonly (number | Float32Array)[]): Promise<void> {
    this.calls.backward++;
    if (weights.length !== this.#kept.length) {
      throw new Error(`${weights.length} weights for ${this.#kept.length} sequences`);
    }

    for (const [index, {tokens, from}] of this.#kept.entries()) {
      const weight = weights[index]!;
      for (let place = from; place < tokens.length; place++) {
        const before = tokens[place - 1]!;
        const own = typeof weight === 'number' ? weight : weight[place - from]!;
        for (const [token, probability] of this.#row(before, true).entries()) {
          const isIt = Number(token === tokens[place]);
          this.#gradient[before * vocabulary + token]! += own * (isIt - probability);
        }
      }
    }
  }

  async step(options: OptimizerStepOptions): Promise<{gradientNorm: number}> {
    const {learningRate, weightDecay, clip, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8} = options;
    this.calls.step++;
    const norm = Math.sqrt(this.#gradient.reduce((sum, one) => sum + one * one, 0));
    const scale = Math.min(1, clip / norm);
    const {weights, first, second} = this.#state;
    const steps = ++this.#state.steps;
    for (const [index, raw] of this.#gradient.entries()) {
      const slope = scale * raw;
      first[index] = beta1 * first[index]! + (1 - beta1) * slope;
      second[index] = beta2 * second[index]! + (1 - beta2) * slope * slope;
      const mean = first[index]! / (1 - beta1 ** steps);
      const spread = Math.sqrt(second[index]! / (1 - beta2 ** steps));
      weights[index]! -= learningRate * (mean / (spread + epsilon) + weightDecay * weights[index]!);
    }

    this.#gradient.fill(0);
    this.#rows = [];
    return {gradientNorm: norm};
  }

  async save(path: string): Promise<void> {
    this.calls.save++;
    const {weights, first, second, steps} = this.#state;
    const numbers = Float64Array.from([steps, ...weights, ...first, ...second]);
    await writeAtomically(path, Buffer.from(numbers.buffer).toString('base64'));
  }

  async restore(path: string): Promise<void> {
    const bytes = Uint8Array.from(Buffer.from(await readFile(path, 'utf8'), 'base64'));
    const [steps, ...numbers] = new Float64Array(bytes.buffer);
    const size = vocabulary ** 2;
    const part = (index: number) => Float64Array.from(numbers.slice(index * size, (index + 1) * size));
    this.#state = {steps: steps!, weights: part(0), first: part(1), second: part(2)};
    this.#rows = [];
  }

  async saveAdapter(path: string, metadata: Record<string, string | number>): Promise<void> {
    await writeAtomically(path, JSON.stringify({metadata, weights: [...this.#state.weights]}));
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  /** Probabilities of the token after another. */
  #row(before: number, adapter: boolean): Float64Array {
    const rows = adapter ? this.#rows : this.#baseRows;
    const known = rows[before];
    if (known) {
      return known;
    }

    const start = before * vocabulary;
    const logits = this.#base.slice(start, start + vocabulary);
    const odds = logits.map((logit, token) =>
      Math.exp(logit + (adapter ? this.#state.weights[start + token]! : 0)),
    );
    const sum = odds.reduce((all, one) => all + one, 0);
    const row = odds.map(one => one / sum);
    rows[before] = row;
    return row;
  }
}
