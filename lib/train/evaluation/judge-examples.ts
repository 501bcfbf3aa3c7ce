import {stepsOf} from '../../eval/scoring/steps-of.js';
import {splitSteps} from '../../steps/split-steps.js';
import type {StepSplitter} from '../../steps/step-splitter.js';
import {microBatches} from '../data/micro-batches.js';
import type {TrainingExample} from '../data/training-set.js';
import type {Trainer} from '../trainer.js';
import type {JudgedSteps} from './measured-response.js';

interface JudgeOptions {
  beta: number;
  /** Where steps begin, unless an example says. */
  split: StepSplitter | undefined;
  maxTokens: number;
  signal?: AbortSignal | undefined;
}

/**
 * Works out what the steps of examples are worth: to the pair, to the untrained base and to the trained policy alone.
 *
 * @returns in the order of the examples
 */
export async function* judgeExamples(
  trainer: Trainer,
  examples: readonly TrainingExample[],
  {beta, split, maxTokens, signal}: JudgeOptions,
): AsyncGenerator<{done: number; total: number}, JudgedSteps[], undefined> {
  const judged: JudgedSteps[] = new Array(examples.length);
  let done = 0;
  for (const members of microBatches(examples, [...examples.keys()], maxTokens)) {
    const sequences = members.map(member => examples[member]!);
    const policy = await trainer.forward(sequences, {adapter: true, keep: false, signal});
    const base = await trainer.forward(sequences, {adapter: false, keep: false, signal});
    for (const [place, member] of members.entries()) {
      judged[member] = judge(examples[member]!, policy[place]!, base[place]!, {beta, split});
    }

    done += members.length;
    yield {done, total: examples.length};
  }

  return judged;
}

function judge(
  {text, starts, solution}: TrainingExample,
  policy: Float32Array,
  base: Float32Array,
  {beta, split}: Pick<JudgeOptions, 'beta' | 'split'>,
): JudgedSteps {
  const spans = solution?.spans ?? splitSteps(text, split);
  const steps = (policyLogprobs: Float32Array, referenceLogprobs: Float32Array | null) =>
    stepsOf({starts, policyLogprobs, referenceLogprobs}, spans, {beta});
  return {
    reward: steps(policy, base),
    control: steps(base, null),
    withoutReference: steps(policy, null),
  };
}
