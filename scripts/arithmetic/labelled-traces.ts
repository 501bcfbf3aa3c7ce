import {labelSteps} from './label-steps.js';

/** A line of what `implicit-prm sample` writes. */
export interface SampledProblem {
  id?: string | number;
  prompt: string;
  responses: {text: string; correct?: boolean}[];
}

/** A line of what `implicit-prm eval processbench` reads. */
export interface LabelledTrace {
  id: string;
  generator: string;
  problem: string;
  steps: string[];
  final_answer_correct: boolean;
  /** The index of the first wrong step; −1 if there is none. */
  label: number;
}

/**
 * Takes a response of each problem, with a wrong step and without in turn, as far as there are such, and labels its steps.
 *
 * @throws an error if there are fewer problems than traces to be made
 */
export function labelledTraces(
  problems: readonly SampledProblem[],
  {count, generator}: {count: number; generator: string},
): LabelledTrace[] {
  if (problems.length < count) {
    throw new Error(`${count} traces take as many problems, but there are ${problems.length}.`);
  }

  let wrong = 0;
  return problems.slice(0, count).map(({prompt, responses}, index) => {
    const traces = responses.map(({text, correct}) => {
      const steps = text.split('\n\n');
      return {steps, label: labelSteps(prompt, steps).firstWrong, correct: correct ?? false};
    });
    const wanted = traces.find(({label}) => label >= 0 === wrong * 2 <= index) ?? traces[0]!;
    wrong += wanted.label >= 0 ? 1 : 0;
    return {
      id: `${generator}-${index}`,
      generator,
      problem: prompt,
      steps: wanted.steps,
      final_answer_correct: wanted.correct,
      label: wanted.label,
    };
  });
}
