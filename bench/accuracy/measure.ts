import {openPair} from '../../lib/index.js';
import {type GoldenCase, readData} from '../../test/helpers/golden.js';
import {correlation} from '../quantisation/correlation.js';
import {type ErrorSummary, errorSummary} from '../quantisation/error-summary.js';
import type {Subject} from './subjects.js';

/** How exact keys and values are kept. */
export type Cache = 'f16' | 'f32';

/** How far llama.cpp is from double precision over the same weights, in nats. */
export interface Accuracy {
  /** Of single tokens, over both models. */
  token: ErrorSummary;
  /** Of the token log-ratio ρ_t. */
  ratio: ErrorSummary;
  /** Of a step's log-ratio. */
  step: ErrorSummary;
  /** How far the errors of the two models agree, −1 … 1: what agrees is not in ρ_t. */
  correlation: number;
}

/** The log-probabilities of one subject, as double precision has them. */
export interface Exact {
  policy: number[];
  reference: number[];
}

/** The golden prompts with the first responses of each, and the tokens of their steps. */
const sequences = readData<GoldenCase>('logprobs.jsonl').flatMap(({promptTokens, responses}) =>
  responses
    .filter(({steps}) => steps !== undefined)
    .slice(0, 2)
    .map(({tokens, steps}) => ({
      tokens: Int32Array.from([...promptTokens, ...tokens]),
      from: promptTokens.length,
      steps: steps!,
    })),
);

/** How many tokens and steps are measured. */
export const extent = {
  tokens: sequences.reduce((sum, {tokens, from}) => sum + tokens.length - from, 0),
  steps: sequences.reduce((sum, {steps}) => sum + steps.length, 0),
};

/** What double precision makes of the golden tokens. */
export function exactLogprobs({policy, reference}: Subject): Exact {
  return {
    policy: sequences.flatMap(({tokens, from}) => policy(tokens, from)),
    reference: sequences.flatMap(({tokens, from}) => reference(tokens, from)),
  };
}

/** Compares llama.cpp's numbers with those of double precision. */
export async function accuracyOf({pair: files}: Subject, exact: Exact, cache: Cache): Promise<Accuracy> {
  const options = {gpu: false, threads: 1, kvCacheType: cache, flashAttention: false} as const;
  const pair = await openPair({...files, ...options});
  try {
    const {policy, reference} = await pair.engine.logprobs(sequences);
    const found = {policy: flat(policy), reference: flat(reference!)};
    const ratios = [found, exact].map(one => differences(one.policy, one.reference)) as [number[], number[]];
    const [foundSteps, exactSteps] = ratios.map(sumsOfSteps) as [number[], number[]];
    return {
      token: errorSummary([...found.policy, ...found.reference], [...exact.policy, ...exact.reference]),
      ratio: errorSummary(...ratios),
      step: errorSummary(foundSteps, exactSteps),
      correlation: correlation(
        differences(found.policy, exact.policy),
        differences(found.reference, exact.reference),
      ),
    };
  } finally {
    await pair.close();
  }
}

function sumsOfSteps(values: readonly number[]): number[] {
  let start = 0;
  return sequences.flatMap(({tokens, from, steps}) => {
    const own = values.slice(start, start + tokens.length - from);
    start += own.length;
    return steps.map(({tokenStart, tokenEnd}) =>
      own.slice(tokenStart, tokenEnd).reduce((sum, value) => sum + value, 0),
    );
  });
}

function flat(rows: readonly Float32Array[]): number[] {
  return rows.flatMap(row => Array.from(row));
}

function differences(left: readonly number[], right: readonly number[]): number[] {
  return left.map((value, index) => value - right[index]!);
}
