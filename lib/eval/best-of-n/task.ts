import {z} from 'zod';
import type {Algebra} from '../../rank/algebra/algebra.js';
import type {AnswerExtractor} from '../../rank/extraction/answer-extractor.js';
import {extractorText} from '../../rank/extraction/extractor-text.js';
import {parseRecord} from '../../runs/input/parse-record.js';
import {splitStepsInTime} from '../../steps/split-steps.js';
import {splitterText} from '../../steps/splitter-text.js';
import type {StepSpan} from '../../steps/step-span.js';
import type {StepSplitter} from '../../steps/step-splitter.js';
import type {CachedScorer} from '../scoring/cached-scorer.js';
import type {TokenScores} from '../scoring/score-cache.js';
import {stepsOf} from '../scoring/steps-of.js';
import type {EvalTask} from '../task.js';
import {judgeAnswers} from './judge-answers.js';
import {readProblem, type UnscoredProblem} from './problem.js';
import {type BestOfNCandidate, type BestOfNProblem, candidatesSchema} from './types.js';

const schema = z.object({responses: candidatesSchema, unreadReference: z.boolean().optional()});

interface BestOfNTaskOptions {
  split?: StepSplitter;
  incomplete?: boolean;
  answer?: AnswerExtractor;
  /** Compares answers in place of the rules alone. */
  algebra?: Algebra | undefined;
}

/** Makes what `eval best-of-n` does with each problem. Its results are for {@link readBestOfNResult}. */
export function bestOfNTask({
  split: splitter = 'blank-line',
  incomplete = false,
  answer: how,
  algebra,
}: BestOfNTaskOptions): EvalTask<UnscoredProblem> {
  return {
    name: 'best-of-n',
    noun: 'problem',
    identity: {
      '--split': splitterText(splitter),
      '--incomplete': incomplete,
      '--answer': extractorText(how),
      '--symbolic': algebra !== undefined,
    },
    read: bytes => readProblem(bytes, !incomplete, how),
    async score(problem, scorer, rewards, watching) {
      const scores = await scoreResponses(problem, scorer, watching);
      const split = await splitResponses(problem.responses, splitter);
      const judged = await judgeAnswers(problem, algebra, watching.signal);
      const responses = judged.map(({answer, correct}, index): BestOfNCandidate => {
        const spans = split[index]!;
        const steps = (withoutReference: boolean) =>
          stepsOf(scores[index]!, spans, {...rewards, withoutReference});
        const {withoutReference = false} = rewards;
        // Without a reference these are the steps already.
        const hasReference = scores[index]!.referenceLogprobs !== null && !withoutReference;
        return {
          answer,
          correct,
          steps: steps(withoutReference),
          withoutReference: hasReference ? steps(true) : undefined,
        };
      });
      // JSON leaves out what is undefined.
      return {id: problem.id, responses, unreadReference: problem.unreadReference || undefined};
    },
  };
}

async function splitResponses(
  responses: UnscoredProblem['responses'],
  splitter: StepSplitter,
): Promise<StepSpan[][]> {
  const split: StepSpan[][] = [];
  for (const {text} of responses) {
    split.push(await splitStepsInTime(text, splitter));
  }

  return split;
}

/** Those that have come to their ends are scored in one go, and so are the others. */
async function scoreResponses(
  {prompt, responses}: UnscoredProblem,
  scorer: CachedScorer,
  watching: Parameters<CachedScorer['score']>[1],
): Promise<TokenScores[]> {
  const texts = (complete: boolean) =>
    responses.filter(response => response.complete === complete).map(({text}) => text);
  const ended = await scorer.score({prompt, responses: texts(true), complete: true}, watching);
  const cut = await scorer.score({prompt, responses: texts(false), complete: false}, watching);
  const [nextEnded, nextCut] = [ended.values(), cut.values()];
  return responses.map(({complete}) => (complete ? nextEnded : nextCut).next().value!);
}

/**
 * Reads a problem that {@link bestOfNTask} scored.
 *
 * @param bytes - the result as JSON
 */
export function readBestOfNResult(bytes: Uint8Array): BestOfNProblem {
  const {responses, unreadReference} = parseRecord(bytes, schema, 'the result');
  return {candidates: responses, unreadReference};
}
