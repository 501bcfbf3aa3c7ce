import {stepsOf} from '../../lib/eval/scoring/steps-of.js';
import {openPair, type ScoredResponse, scoreSteps} from '../../lib/index.js';
import type {JudgedSteps} from '../../lib/train/evaluation/measured-response.js';
import {evaluateTraining, type TrainEvaluation} from '../../lib/train/evaluation/train-evaluation.js';
import {measuringData} from './data.js';
import {usual} from './plan.js';

/** Measures a base with its adapter, beside its controls, on problems and traces that are the same for all. */
export async function measure(base: string, adapter: string): Promise<TrainEvaluation> {
  const {problems, traces} = measuringData();
  const pair = await openPair({policy: base, lora: adapter, reference: base, gpu: false, threads: 1});
  try {
    const prompts = await scoreSteps(
      pair,
      problems.map(({prompt, responses}) => ({prompt, responses: responses.map(({text}) => text)})),
    );
    const solutions = await scoreSteps(
      pair,
      traces.map(({problem, steps}) => ({prompt: problem, steps})),
    );
    return evaluateTraining(
      problems.map(({responses}, index) =>
        responses.map(({answer, correct}, place) => ({
          answer,
          correct,
          steps: judged(prompts[index]![place]!),
        })),
      ),
      traces.map(({label}, index) => ({label, steps: judged(solutions[index]!)})),
    );
  } finally {
    await pair.close();
  }
}

/** The steps as the pair has them, as the untrained base has them, and as the policy alone has them. */
function judged({tokens, steps: spans}: ScoredResponse): JudgedSteps {
  const {starts, policyLogprobs, referenceLogprobs} = tokens;
  const by = (policy: Float32Array, reference: Float32Array | null) =>
    stepsOf({starts, policyLogprobs: policy, referenceLogprobs: reference}, spans, {beta: usual.beta});
  return {
    reward: by(policyLogprobs, referenceLogprobs),
    control: by(referenceLogprobs!, null),
    withoutReference: by(policyLogprobs, null),
  };
}
