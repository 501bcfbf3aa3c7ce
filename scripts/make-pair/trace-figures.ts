import {evaluateProcessBench} from '../../lib/eval/process-bench/evaluate.js';
import type {StepValues} from '../../lib/eval/step-values.js';
import {stepStatistics} from '../../lib/train/evaluation/step-statistics.js';
import type {TraceFigures} from './figures.js';

/** A trace with its rewards, and the index of its first wrong step, −1 for none. */
export interface EvaluatedTrace {
  label: number;
  steps: readonly StepValues[];
}

/** How well rewards find the wrong steps of traces. */
export function traceFigures(traces: readonly EvaluatedTrace[], threshold: number): TraceFigures {
  const weights = new Uint32Array(traces.length).fill(1);
  const statistics = new Map(
    stepStatistics(
      traces.map(({label, steps}) => ({
        label,
        steps: {reward: steps, control: steps, withoutReference: steps},
      })),
    ).map(({measure, of}) => [measure, of.reward(weights)]),
  );
  const {erroneous, correct, accuracyErroneous, accuracyCorrect} = evaluateProcessBench(traces, {
    threshold,
    resamples: 0,
  });
  return {
    traces: traces.length,
    erroneous,
    correct,
    stepAuc: statistics.get('stepAuc')!,
    firstErrorLowest: statistics.get('firstErrorLowest')!,
    accuracyErroneous: accuracyErroneous!.value,
    accuracyCorrect: accuracyCorrect!.value,
  };
}
