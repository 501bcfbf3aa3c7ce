import {stepsOf} from '../scoring/steps-of.js';
import type {EvalTask} from '../task.js';
import {evalProcessBenchSample, type UnscoredSample} from './sample.js';

/** Makes what `eval processbench` does with each sample. Its results are for {@link evalProcessBenchResult}. */
export function evalProcessBenchTask({labelSteps = false}: {labelSteps?: boolean}): EvalTask<UnscoredSample> {
  return {
    name: 'processbench',
    noun: 'sample',
    identity: {'--label-steps': labelSteps},
    read: bytes => evalProcessBenchSample(bytes, labelSteps),
    async score({id, problem, response, spans, label, finalAnswerCorrect}, scorer, rewards, watching) {
      const [scores] = await scorer.score({prompt: problem, responses: [response]}, watching);
      const steps = stepsOf(scores!, spans, rewards);
      return {id, label, final_answer_correct: finalAnswerCorrect, steps};
    },
  };
}
