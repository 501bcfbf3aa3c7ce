import {openPair, type ScoredResponse, scoreSteps} from '../../lib/index.js';
import type {Variant} from './make-variant.js';
import type {TestData} from './test-data.js';

/** The log-probabilities of a response's tokens under both models, in nats, and where its steps end. */
export interface ScoredText {
  policy: Float32Array;
  reference: Float32Array;
  stepEnds: number[];
}

/** {@link TestData} scored, in its order. */
export interface ScoredData {
  traces: ScoredText[];
  problems: ScoredText[][];
}

/** Scores the test data with a variant of the pair, in such a way that only its weights make a difference. */
export async function scoreVariant({policy, reference, lora}: Variant, data: TestData): Promise<ScoredData> {
  await using pair = await openPair({
    policy,
    reference,
    lora,
    gpu: false,
    threads: 1,
    kvCacheType: 'f32',
    flashAttention: false,
    // What is fastest for such short texts.
    batchSize: 64,
    cacheSize: 0,
  });
  const traces = await scoreSteps(
    pair,
    data.traces.map(({prompt, response, steps}) => ({prompt, response, steps})),
  );
  const problems = await scoreSteps(
    pair,
    data.problems.map(({prompt, responses}) => ({prompt, responses: responses.map(({text}) => text)})),
  );
  return {traces: traces.map(textOf), problems: problems.map(responses => responses.map(textOf))};
}

function textOf({tokens, steps}: ScoredResponse): ScoredText {
  return {
    policy: tokens.policyLogprobs,
    reference: tokens.referenceLogprobs!,
    stepEnds: steps.map(({tokenEnd}) => tokenEnd),
  };
}
