import test from 'ava';
import {
  InvalidInputError,
  openPair,
  type Pair,
  PairClosedError,
  type ScoredResponse,
  scoreSteps,
} from '../../lib/index.js';
import {vocabularyFile} from '../helpers/llama-cpp-source.js';
import {arithmeticPair, exact} from '../helpers/pairs.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';
import {randomLlama} from '../helpers/tiny-models.js';

const prompt = 'Compute 11 - 3 - (7 * 3)';
const steps = ['Step 1: 7 * 3 = 21, so 11 - 3 - 21\n\n', 'Step 2: 11 - 3 = 8, so 8 - 21\n\n', 'Answer: -13'];

let pair: Pair;
test.before(async () => {
  pair = await openPair({...arithmeticPair(), ...exact, gpu: false, threads: 1});
});
test.after.always(async () => {
  await pair.close();
});

const close = (a: number, b: number) => Math.abs(a - b) < 1e-3;

function sameScores(a: ScoredResponse, b: ScoredResponse): boolean {
  return (
    a.response === b.response &&
    a.tokens.ids.join() === b.tokens.ids.join() &&
    a.tokens.policyLogprobs.every((value, index) => close(value, b.tokens.policyLogprobs[index]!)) &&
    a.steps.length === b.steps.length &&
    a.steps.every(
      (step, index) => step.text === b.steps[index]!.text && close(step.reward, b.steps[index]!.reward),
    )
  );
}

test('appending steps gives the numbers of scoring the response whole', async t => {
  const session = pair.session(prompt);
  for (const [index, text] of steps.entries()) {
    const step = await session.append(text);
    t.is(step.text, text.trim());
    t.is(session.length, index + 1);
  }

  const response = steps.join('');
  t.true(sameScores(session.scored, await scoreSteps(pair, {prompt, response, complete: false})));
  t.true(sameScores(await session.finish(), await scoreSteps(pair, {prompt, response})));
  t.is(session.response, response);
});

test('a step costs its own tokens and not the trace again', async t => {
  const session = pair.session(prompt);
  await session.append(steps[0]!);
  const before = session.usage;
  await session.append(steps[1]!);
  const after = session.usage;
  // Each model evaluates the new tokens and the one before them, whose logits are gone; the last is only predicted.
  t.is(after.evaluated - before.evaluated, 2 * steps[1]!.length);
  t.true(after.reused > before.reused + 2 * steps[0]!.length);
});

test('results tell what was evaluated and what was reused', async t => {
  const fresh = await openPair({...arithmeticPair(), ...exact, gpu: false, threads: 1});
  const [first, second] = await scoreSteps(fresh, {prompt, responses: ['Answer: -13', 'Answer: -12']});
  const again = await scoreSteps(fresh, {prompt, response: 'Answer: -13'});
  await fresh.close();
  const needed = 2 * (43 + 11);
  t.deepEqual(first!.usage, {evaluated: needed, reused: 0});
  // The responses part at the last but one character.
  t.deepEqual(second!.usage, {evaluated: 2, reused: needed - 2});
  t.is(again.usage.evaluated, 2 * 12);
});

test('a fork goes on by itself and evaluates nothing', async t => {
  const session = pair.session(prompt);
  await session.append(steps[0]!);
  const fork = session.fork();
  t.deepEqual(fork.usage, session.usage);
  await session.append('Step 2: 11 - 3 = 9, so 9 - 21\n\n');
  await fork.append(steps[1]!);
  const whole = async (parts: string[]) =>
    scoreSteps(pair, {prompt, response: parts.join(''), complete: false});
  t.true(sameScores(session.scored, await whole([steps[0]!, 'Step 2: 11 - 3 = 9, so 9 - 21\n\n'])));
  t.true(sameScores(fork.scored, await whole(steps.slice(0, 2))));
});

test('rewinding takes steps back', async t => {
  const session = pair.session(prompt);
  await session.append(steps[0]!);
  const {reward} = session.scored;
  await session.append('Step 2: nonsense\n\n');
  session.rewind(1);
  t.is(session.length, 1);
  t.is(session.response, steps[0]!);
  t.is(session.scored.reward, reward);
  await session.append(steps[1]!);
  const response = steps.slice(0, 2).join('');
  t.true(sameScores(session.scored, await scoreSteps(pair, {prompt, response, complete: false})));
  session.rewind(0);
  t.is(session.response, '');
});

test('appends that do not wait for one another come in order', async t => {
  const session = pair.session(prompt);
  await Promise.all(steps.map(async text => session.append(text)));
  t.is(session.response, steps.join(''));
  t.is(session.length, 3);
});

test('a step that fails leaves the session as it was', async t => {
  const session = pair.session(prompt);
  await session.append(steps[0]!);
  await t.throwsAsync(session.append('x'.repeat(600)), {code: 'CONTEXT_OVERFLOW'});
  await t.throwsAsync(session.append(' '), {instanceOf: InvalidInputError});
  await t.throwsAsync(session.append(steps[1]!, {signal: AbortSignal.abort(new Error('stop'))}), {
    message: 'stop',
  });
  t.is(session.length, 1);
  await session.append(steps[1]!);
  t.is(session.length, 2);
});

test('what cannot be done is said', async t => {
  const session = pair.session(prompt);
  t.throws(() => session.scored, {message: /no step yet/});
  t.throws(() => session.rewind(1), {message: /0 to 0, not 1/});
  t.throws(() => pair.session(5 as unknown as string), {instanceOf: InvalidInputError});
  t.throws(() => pair.session(prompt, {betaSchedule: 'linear' as 'constant'}), {message: /linear/});
  const pending = session.append(steps[0]!);
  t.throws(() => session.rewind(0), {message: /await append/});
  await pending;
  session.close();
  await t.throwsAsync(session.append('x'), {instanceOf: PairClosedError});
});

test('tokens that reach across the seam of two steps are evaluated anew', async t => {
  const policy = randomLlama(temporaryDirectory(), {vocabFrom: vocabularyFile('qwen2')!, name: 'seams.gguf'});
  const merging = await openPair({policy, ...exact, gpu: false, threads: 1});
  const raw = {raw: 'Question: how many?\n'};
  // Qwen2 has tokens for "\n\n", "):\n", "123" as digits, " the", "ing": each cut lies inside of one.
  const pieces = [
    'First th',
    'e sum is (1',
    '2):',
    '\n',
    '\nThen multiply',
    'ing by \u{1F600}',
    '\r',
    '\n\r\n done',
  ];
  const session = merging.session(raw);
  for (const piece of pieces.slice(0, 3)) {
    await session.append(piece);
  }

  await session.append(pieces.slice(3, 5).join(''));
  await session.append(pieces[5]!);
  await session.append(pieces.slice(6).join(''));
  const response = pieces.join('');
  const whole = await scoreSteps(merging, {prompt: raw, response, complete: false}, {split: text => [text]});
  await merging.close();
  t.deepEqual([...session.scored.tokens.ids], [...whole.tokens.ids]);
  t.true(
    session.scored.tokens.policyLogprobs.every((value, index) =>
      close(value, whole.tokens.policyLogprobs[index]!),
    ),
  );
});
