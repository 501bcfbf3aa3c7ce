import {Command, Option} from 'commander';
import {bestThreshold} from '../eval/best-threshold.js';
import {evaluateProcessBench} from '../eval/evaluate-process-bench.js';
import type {ProcessBenchSample} from '../eval/process-bench-types.js';
import {stepsOf} from '../eval/steps-of.js';
import {createChalk} from './create-chalk.js';
import {escapeJson} from './escape-json.js';
import {evalAtPlace} from './eval-at-place.js';
import type {EvalFlags} from './eval-flags.js';
import {formatProcessBench, type ThresholdSource} from './eval-format-process-bench.js';
import {addEvalOptions} from './eval-options.js';
import {evalProcessBenchSamples, type UnscoredSample} from './eval-process-bench-samples.js';
import {type EvalScorer, withEvalScorer} from './eval-scorer.js';
import {evalThreshold} from './eval-threshold.js';
import {interruptible} from './interruptible.js';
import {pairOptionsOf} from './pair-options-of.js';
import {writeStdout} from './write-stdout.js';

interface ProcessBenchFlags extends EvalFlags {
  threshold?: number | 'auto';
  thresholdFrom?: string;
  by?: 'q' | 'reward';
  labelSteps?: true;
}

interface Inputs {
  samples: UnscoredSample[];
  /** What to choose the threshold on, if that is another file. */
  others: UnscoredSample[] | undefined;
}

/** Makes the command `eval processbench`: how well rewards find the first wrong step. */
export function evalProcessBenchCommand(): Command {
  const command = new Command('processbench')
    .description('Measure how well process rewards find the first wrong step of a solution.')
    .argument('<file>', 'ProcessBench’s format {problem, steps, label, …}, a JSON array or JSON lines')
    .option(
      '--threshold <auto|number>',
      'σ under which a step is wrong; auto (if left out) chooses it on the same file',
      evalThreshold,
    )
    .addOption(
      new Option('--threshold-from <file>', 'choose the threshold on another file').conflicts('threshold'),
    )
    .addOption(
      new Option('--by <what>', 'what of a step σ is taken of; q if left out').choices(['q', 'reward']),
    )
    .option('--label-steps', 'begin each step with “Step N: ”, as the authors’ evaluation does');
  return addEvalOptions(command).action(async (file: string, flags: ProcessBenchFlags) => {
    const {color} = command.optsWithGlobals<{color: boolean}>();
    const pairOptions = pairOptionsOf(flags, command);
    await interruptible(async signal => {
      const inputs = await readInputs(file, flags, signal);
      const results = await withEvalScorer({...pairOptions, signal}, flags, async tools =>
        evaluate(file, flags, inputs, tools, signal),
      );
      await writeStdout(
        flags.json
          ? `${escapeJson(JSON.stringify(results, null, 2))}\n`
          : formatProcessBench(results, createChalk(color)),
      );
    });
  });
}

async function readInputs(
  file: string,
  {thresholdFrom, labelSteps}: ProcessBenchFlags,
  signal: AbortSignal,
): Promise<Inputs> {
  const samples = await evalProcessBenchSamples(file, labelSteps === true, signal);
  const others =
    thresholdFrom === undefined
      ? undefined
      : await evalProcessBenchSamples(thresholdFrom, labelSteps === true, signal);
  return {samples, others};
}

async function evaluate(
  file: string,
  flags: ProcessBenchFlags,
  {samples, others}: Inputs,
  tools: EvalScorer,
  signal: AbortSignal,
) {
  const {by = 'q', betaSchedule = 'constant', thresholdFrom = file, threshold: given = 'auto'} = flags;
  const {resamples, seed} = flags;
  const rewards = {beta: await tools.beta(), betaSchedule};
  const all = await scoreSamples([...(others ?? []), ...samples], tools, rewards, signal);
  const scored = all.slice(others?.length ?? 0);
  const chosenOn = others ? all.slice(0, others.length) : scored;
  const source: ThresholdSource & {threshold: number} =
    given === 'auto'
      ? await evalAtPlace(thresholdFrom, signal, () => {
          const {threshold, f1} = bestThreshold(chosenOn, {by});
          return {threshold, thresholdFrom, f1There: f1};
        })
      : {threshold: given, thresholdFrom: null, f1There: null};
  const evaluation = evaluateProcessBench(scored, {threshold: source.threshold, by, resamples, seed});
  return {file, ...rewards, scored: tools.scorer.scored, ...source, ...evaluation};
}

async function scoreSamples(
  samples: readonly UnscoredSample[],
  {scorer, progress}: EvalScorer,
  rewards: Parameters<typeof stepsOf>[2],
  signal: AbortSignal,
): Promise<ProcessBenchSample[]> {
  const scored: ProcessBenchSample[] = [];
  for (const {place, problem, response, spans, label, finalAnswerCorrect} of samples) {
    progress.show({
      label: 'scoring',
      fraction: scored.length / samples.length,
      detail: `${scored.length} of ${samples.length} samples`,
    });
    const steps = await evalAtPlace(place, signal, async () => {
      const [scores] = await scorer.score({prompt: problem, responses: [response]}, {signal});
      return stepsOf(scores!, spans, rewards);
    });
    scored.push({label, steps, finalAnswerCorrect});
  }

  progress.clear();
  return scored;
}
