import {Command} from 'commander';
import type {BestOfNCandidate, BestOfNProblem} from '../eval/best-of-n-types.js';
import {evaluateBestOfN} from '../eval/evaluate-best-of-n.js';
import {type StepsOptions, stepsOf} from '../eval/steps-of.js';
import type {TokenScores} from '../eval/token-scores.js';
import {splitSteps} from '../steps/split-steps.js';
import type {StepSpan} from '../steps/step-span.js';
import type {StepSplitter} from '../steps/step-splitter.js';
import {createChalk} from './create-chalk.js';
import {escapeJson} from './escape-json.js';
import {evalAtPlace} from './eval-at-place.js';
import {evalBestOfNProblem, type UnscoredProblem} from './eval-best-of-n-problem.js';
import type {EvalFlags} from './eval-flags.js';
import {formatBestOfN} from './eval-format-best-of-n.js';
import {evalLines} from './eval-lines.js';
import {addEvalOptions} from './eval-options.js';
import {type EvalScorer, withEvalScorer} from './eval-scorer.js';
import {interruptible} from './interruptible.js';
import {pairOptionsOf} from './pair-options-of.js';
import {parseSplit} from './parse-split.js';
import {writeStdout} from './write-stdout.js';

interface BestOfNFlags extends EvalFlags {
  split?: StepSplitter;
}

/** Makes the command `eval best-of-n`: how often the right answer is chosen among N. */
export function evalBestOfNCommand(): Command {
  const command = new Command('best-of-n')
    .description('Measure how often process rewards choose the right answer among N responses.')
    .argument('<file.jsonl>', 'JSON lines of {prompt, reference, responses: [{text, answer?, correct?}]}')
    .option(
      '--split <how>',
      'where steps begin: blank-line (if left out), line, step-label, string:TEXT or regex:PATTERN',
      parseSplit,
    );
  return addEvalOptions(command).action(async (file: string, flags: BestOfNFlags) => {
    const {color} = command.optsWithGlobals<{color: boolean}>();
    const pairOptions = pairOptionsOf(flags, command);
    await interruptible(async signal => {
      // Before the models are loaded, and before hours have gone into the lines ahead of a wrong one.
      const count = await countProblems(file, signal);
      const results = await withEvalScorer({...pairOptions, signal}, flags, async tools =>
        evaluate(file, flags, tools, {count, signal}),
      );
      await writeStdout(
        flags.json
          ? `${escapeJson(JSON.stringify(results, null, 2))}\n`
          : formatBestOfN(results, createChalk(color)),
      );
    });
  });
}

async function countProblems(file: string, signal: AbortSignal): Promise<number> {
  let count = 0;
  for await (const {bytes, place} of evalLines(file, signal)) {
    await evalAtPlace(place, signal, () => evalBestOfNProblem(bytes));
    count++;
  }

  if (count === 0) {
    throw new Error(`${file} has no problem in it`);
  }

  return count;
}

async function evaluate(
  file: string,
  {split, betaSchedule = 'constant', resamples, seed}: BestOfNFlags,
  {scorer, progress, beta: findBeta}: EvalScorer,
  {count, signal}: {count: number; signal: AbortSignal},
) {
  const beta = await findBeta();
  const problems: BestOfNProblem[] = [];
  for await (const {bytes, place} of evalLines(file, signal)) {
    const show = (share: number) =>
      progress.show({
        label: 'scoring',
        fraction: Math.min(1, (problems.length + share) / count),
        detail: `${problems.length} of ${count} problems`,
      });
    show(0);
    const candidates = await evalAtPlace(place, signal, async () => {
      const problem = evalBestOfNProblem(bytes);
      const scored = await scorer.score(
        {prompt: problem.prompt, responses: problem.responses.map(({text}) => text)},
        {signal, onProgress: ({tokens, total}) => show(tokens / total)},
      );
      return problem.responses.map((response, index) =>
        toCandidate(response, scored[index]!, splitSteps(response.text, split), {beta, betaSchedule}),
      );
    });
    problems.push({candidates});
  }

  progress.clear();
  return {
    file,
    beta,
    betaSchedule,
    scored: scorer.scored,
    ...evaluateBestOfN(problems, {resamples, seed}),
  };
}

function toCandidate(
  {answer, correct}: UnscoredProblem['responses'][number],
  scores: TokenScores,
  spans: readonly StepSpan[],
  rewards: StepsOptions,
): BestOfNCandidate {
  return {
    answer,
    correct,
    steps: stepsOf(scores, spans, rewards),
    // A pair without a reference has these steps already.
    withoutReference:
      scores.referenceLogprobs === null
        ? undefined
        : stepsOf(scores, spans, {...rewards, withoutReference: true}),
  };
}
