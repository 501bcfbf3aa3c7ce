import {readFileSync} from 'node:fs';
import test from 'ava';
import {evaluateBestOfN} from '../../lib/eval/best-of-n/evaluate.js';
import type {BestOfNMethod, BestOfNProblem} from '../../lib/eval/best-of-n/types.js';
import {bestOf} from '../../lib/rank/best-of.js';
import {sameAnswer} from '../../lib/rank/equality/same-answer.js';
import {extractAnswer} from '../../lib/rank/extraction/extract-answer.js';
import {rankResponses} from '../../lib/rank/rank-responses.js';
import type {RankedResponse} from '../../lib/rank/rank-types.js';
import {vote} from '../../lib/rank/vote.js';
import {type Aggregate, aggregate} from '../../lib/reward/aggregate.js';
import {stepRewards} from '../../lib/reward/step-rewards.js';
import {readData} from '../helpers/golden.js';
import {exact, withPair} from '../helpers/pairs.js';

interface Problem {
  prompt: string;
  reference: string;
  responses: {text: string; answer: string | null; correct: boolean}[];
}

interface RankedProblem extends Problem {
  /** In the order of the file. */
  ranked: RankedResponse[];
}

const numbers = [1, 2, 4, 8, 16];
const problems = readData<Problem>('best-of-n.jsonl');
const {accuracy: expected, passAt1}: {accuracy: Record<number, Record<string, number>>; passAt1: number} =
  JSON.parse(readFileSync(new URL('../data/expected.json', import.meta.url), 'utf8')).bestOfN;

let rankedProblems: RankedProblem[];
test.before(async t => {
  t.timeout(600_000);
  rankedProblems = await withPair({...exact, batchSize: 128, cacheSize: 0}, async pair => {
    const all: RankedProblem[] = [];
    for (const problem of problems) {
      const responses = problem.responses.map(({text}) => text);
      const ranked = await rankResponses(pair, {prompt: problem.prompt, responses});
      all.push({...problem, ranked: ranked.sort((a, b) => a.index - b.index)});
    }

    return all;
  });
});

type IsRight = (problem: RankedProblem, first: RankedResponse[]) => boolean;

const bestBy =
  (score: (response: RankedResponse) => number): IsRight =>
  ({responses}, first) => {
    const best = bestOf(first.map(response => ({index: response.index, score: score(response)})));
    return responses[best.index]!.correct;
  };
const bestByRewards = (method: Aggregate) =>
  bestBy(({steps}) =>
    aggregate(
      steps.map(({reward}) => reward),
      method,
    ),
  );

const methods: Record<string, IsRight> = {
  min: bestBy(({score}) => score),
  sum: bestByRewards('sum'),
  mean: bestByRewards('mean'),
  last: bestByRewards('last'),
  product: bestByRewards('product'),
  minQ: bestBy(({steps}) => Math.min(...steps.map(({q}) => q))),
  withoutReferenceSum: bestBy(({tokens}) => tokens.policyLogprobs.reduce((sum, logprob) => sum + logprob, 0)),
  // There, responses without an answer voted too, for none; here they have no vote.
  majority: ({reference}, first) => {
    const voting = first.map(({answer, index}) => ({answer: answer ?? 'none', index, score: 0}));
    return isRight(vote(voting, {by: 'majority'}).answer, reference);
  },
  weightedBySum: ({reference}, first) => {
    const bySum = first.map(({answer, index, reward}) => ({answer, index, score: reward}));
    return isRight(vote(bySum, {by: 'weighted'}).answer, reference);
  },
  anyOfFirstN: ({responses}, first) => first.some(({index}) => responses[index]!.correct),
};

function isRight(answer: string | null, reference: string): boolean {
  return answer !== null && sameAnswer(answer, reference);
}

for (const [name, method] of Object.entries(methods)) {
  test(`the accuracy of ${name} for every N is that of an independent computation`, t => {
    for (const n of numbers) {
      const right = rankedProblems.filter(problem => method(problem, problem.ranked.slice(0, n))).length;
      const wanted = expected[n]![name]! * problems.length;
      t.log(`N = ${n}: ${right} of ${problems.length}, expected ${wanted}`);
      t.true(Math.abs(right - wanted) <= 1, `N = ${n}`);
    }
  });
}

test('without votes for no answer the majority is right once more where it was a tie', t => {
  const rightOf = (n: number) =>
    rankedProblems.filter(({reference, ranked}) =>
      isRight(vote(ranked.slice(0, n), {by: 'majority'}).answer, reference),
    ).length;
  t.deepEqual(numbers.map(rightOf), [133, 134, 151, 151, 156]);
});

test('the answers found in the texts are those that are known', t => {
  const integers = (text: string) => {
    const answer = extractAnswer(text);
    return answer && /^-?\d+$/.test(answer) ? answer : null;
  };

  for (const {responses} of problems) {
    for (const {text, answer} of responses) {
      // Known are the answers that are numbers; four responses end on a sum or product that they left undone.
      t.is(integers(text), answer, text);
    }
  }
});

test('an answer is right if it is the same as the reference', t => {
  for (const {reference, responses} of problems) {
    for (const {answer, correct} of responses) {
      t.is(isRight(answer, reference), correct, `${answer} for ${reference}`);
    }
  }
});

test('best-of-16 by the bundled pair stands above majority voting, and that above a single response', t => {
  const accuracy = (name: string) =>
    rankedProblems.filter(problem => methods[name]!(problem, problem.ranked)).length / problems.length;
  t.true(accuracy('min') > accuracy('majority') + 0.04);
  t.true(accuracy('majority') > expected[1]!.majority! + 0.04);
});

/** The ranked problems as the evaluation takes them. */
function evaluated(): BestOfNProblem[] {
  return rankedProblems.map(({responses, ranked}) => ({
    candidates: ranked.map(({steps, tokens}, index) => ({
      answer: responses[index]!.answer,
      correct: responses[index]!.correct,
      steps,
      withoutReference: stepRewards({
        policyLogprobs: tokens.policyLogprobs,
        stepEnds: steps.map(({tokenEnd}) => tokenEnd),
        beta: 1,
      }),
    })),
  }));
}

test('evaluateBestOfN finds these accuracies too, to one problem', t => {
  const {counts, accuracy, responses, ...result} = evaluateBestOfN(evaluated());
  t.is(result.problems, problems.length);
  t.is(responses, 256 * 16);
  t.deepEqual(counts, [1, 2, 4, 8, 16]);
  const apart: string[] = [];
  for (const [n, methods] of Object.entries(expected)) {
    for (const [method, wanted] of Object.entries(methods)) {
      const got = accuracy[method as BestOfNMethod]!.find(cell => cell.n === Number(n))!;
      const difference = Math.round((got.value - wanted) * 256);
      if (difference !== 0) {
        apart.push(`${method} at ${n} by ${difference}`);
      }

      t.true(Math.abs(difference) <= 1, `${method} at ${n}: ${got.value}, not ${wanted}`);
      t.true(got.low <= got.value && got.value <= got.high);
    }
  }

  t.log(apart.length === 0 ? 'all equal' : `of 256 problems apart: ${apart.join(', ')}`);
  t.is(accuracy.passAtN![0]!.value, passAt1);
  t.is(accuracy.passAtN!.at(-1)!.value, accuracy.anyOfFirstN!.at(-1)!.value);
});

test('the pair is better than majority voting and than chance, beyond the confidence interval', t => {
  const {accuracy, gainOverMajority} = evaluateBestOfN(evaluated());
  t.true(gainOverMajority.at(-1)!.low > 0);
  t.true(accuracy.min!.at(-1)!.low > accuracy.random!.at(-1)!.high);
});
