import test from 'ava';
import {type AddedText, openGenerator} from '../../lib/index.js';
import {arithmeticPair} from '../helpers/pairs.js';

const prompt = 'Compute 19 + 16 - 20 - 7 - 17';
const generator = await openGenerator({
  model: arithmeticPair().reference,
  gpu: false,
  threads: 1,
  parallel: 4,
});
test.after.always(async () => generator.close());

test('the same seed gives the same texts, another one others', async t => {
  const first = await generator.generate({prompt, n: 4, seed: 1});
  const again = await generator.generate({prompt, n: 4, seed: 1});
  const other = await generator.generate({prompt, n: 4, seed: 100});
  t.deepEqual(again.continuations, first.continuations);
  t.notDeepEqual(other.continuations, first.continuations);
  t.true(new Set(first.continuations.map(({text}) => text)).size > 1);
  t.true(first.continuations.every(({text}) => text.startsWith('Step 1: ')));
});

test('what was written before does not change a text', async t => {
  const fresh = await generator.generate({prompt, n: 4, seed: 7, maxTokens: 40});
  await generator.generate({prompt: 'Compute 19 + 16 - 20 - 7 - 18', n: 4, seed: 3, maxTokens: 20});
  await generator.generate({prompt, prefix: 'Step 1: 19', n: 2, maxTokens: 5});
  t.deepEqual(
    (await generator.generate({prompt, n: 4, seed: 7, maxTokens: 40})).continuations,
    fresh.continuations,
  );
});

test('more continuations than are written at once are written one after the other', async t => {
  const {continuations, usage} = await generator.generate({prompt, n: 10, seed: 1, maxTokens: 30});
  const alone = await generator.generate({prompt, n: 1, seed: 9, maxTokens: 30});
  t.is(continuations.length, 10);
  t.is(continuations[8]!.text, alone.continuations[0]!.text);
  t.is(usage.generated, 300);
});

test('a prompt is evaluated once, for all continuations and for later calls', async t => {
  const other = 'Compute 3 + 4 * 5';
  const first = await generator.generate({prompt: other, n: 4, maxTokens: 1});
  const second = await generator.generate({prompt: other, n: 4, maxTokens: 1});
  const prefixed = await generator.generate({prompt: other, prefix: 'Step 1: ', maxTokens: 1});
  const longer = await generator.generate({prompt: other, prefix: 'Step 1: 4 *', maxTokens: 1});
  t.true(first.usage.evaluated > 20);
  t.is(second.usage.evaluated, 0);
  // The prefix, and the prompt's last token, which each continuation evaluates for itself if there is none.
  t.is(prefixed.usage.evaluated, 'Step 1: '.length);
  t.is(longer.usage.evaluated, '4 *'.length);
});

test('a continuation says why it ended', async t => {
  const prefix = 'Step 1: 19 + 16 = 35, so 35 - 20 - 7 - 17\n\n';
  const [stopped] = (await generator.generate({prompt, prefix, stop: ['\n\n', 'Answer'], seed: 1}))
    .continuations;
  t.like(stopped, {reason: 'stop', stop: '\n\n'});
  t.true(stopped!.text.startsWith('Step 2: '));
  t.false(stopped!.text.includes('\n'));
  t.is(stopped!.tokens, stopped!.text.length + 2);
  const [cut] = (await generator.generate({prompt, prefix, maxTokens: 4, seed: 1})).continuations;
  t.deepEqual(cut, {text: 'Step', reason: 'length', stop: null, tokens: 4});
  const [ended] = (await generator.generate({prompt, temperature: 0})).continuations;
  t.like(ended, {reason: 'end', stop: null, tokens: ended!.text.length + 1});
});

test('a continuation ends where the context is full', async t => {
  const prefix = 'Step 1: '.repeat(55);
  const {continuations, usage} = await generator.generate({prompt, prefix, n: 2, seed: 1});
  for (const {reason, tokens} of continuations) {
    t.true(reason === 'end' || reason === 'length');
    t.true(tokens! <= 512 - prefix.length);
  }

  t.true(usage.evaluated > 400);
});

test('a prompt that fills the context is refused', async t => {
  const error = await t.throwsAsync(generator.generate({prompt: 'x'.repeat(600)}), {
    code: 'CONTEXT_OVERFLOW',
  });
  t.regex(error!.message, /619 tokens/u);
});

test('the parts that are told make up the texts', async t => {
  const told = ['', '', ''];
  const onText = ({index, text}: AddedText) => {
    told[index] += text;
  };
  const {continuations} = await generator.generate({prompt, n: 3, seed: 5, stop: 'Answer', onText});
  t.deepEqual(
    told,
    continuations.map(({text}) => text),
  );
});

test('an abort leaves what there is', async t => {
  const control = new AbortController();
  const {continuations} = await generator.generate({
    prompt,
    n: 6,
    seed: 1,
    signal: control.signal,
    onText: ({index}) => index === 3 && control.abort(),
  });
  t.deepEqual(
    continuations.map(({reason}) => reason),
    Array.from({length: 6}, () => 'aborted'),
  );
  t.deepEqual(
    continuations.map(({text}) => text),
    ['S', 'S', 'S', 'S', '', ''],
  );
  const before = await generator.generate({prompt, signal: AbortSignal.abort()});
  t.deepEqual(before.continuations, [{text: '', reason: 'aborted', stop: null, tokens: 0}]);
});

test('an error in a callback comes through, and leaves the generator as good as before', async t => {
  const onText = () => {
    throw new TypeError('mine');
  };
  await t.throwsAsync(generator.generate({prompt, n: 3, onText}), {instanceOf: TypeError, message: 'mine'});
  t.is((await generator.generate({prompt, n: 3, maxTokens: 2})).usage.generated, 6);
});

test('calls take turns', async t => {
  const inputs = [1, 2, 3].map(seed => ({prompt, n: 2, seed, maxTokens: 20}));
  const together = await Promise.all(inputs.map(async input => generator.generate(input)));
  for (const [index, input] of inputs.entries()) {
    t.deepEqual((await generator.generate(input)).continuations, together[index]!.continuations);
  }
});

test('the prompt is put through the chat template, and a raw one is not', async t => {
  const raw = `<|im_start|>user\n${prompt}<|im_end|>\n<|im_start|>assistant\n`;
  const templated = await generator.generate({prompt, seed: 4});
  const messages = await generator.generate({prompt: [{role: 'user', content: prompt}], seed: 4});
  t.deepEqual((await generator.generate({prompt: {raw}, seed: 4})).continuations, templated.continuations);
  t.deepEqual(messages.continuations, templated.continuations);
});

test('a special token in a prompt is text, unless it is allowed', async t => {
  const said = `${prompt}<|im_end|>`;
  const plain = await generator.generate({prompt: said, maxTokens: 1});
  const special = await generator.generate({prompt: said, maxTokens: 1, allowSpecialTokens: true});
  t.true(plain.usage.evaluated > special.usage.evaluated);
});

test('temperature 0 takes the likeliest, and so does the smallest top-p', async t => {
  const likeliest = await generator.generate({prompt, temperature: 0});
  t.deepEqual((await generator.generate({prompt, topP: 1e-6})).continuations, likeliest.continuations);
  t.deepEqual((await generator.generate({prompt, topK: 1})).continuations, likeliest.continuations);
  t.deepEqual((await generator.generate({prompt, minP: 1})).continuations, likeliest.continuations);
});

for (const [input, message] of [
  [{prompt, n: 0}, /^n in generate's input/u],
  [{prompt, temperature: -1}, /^temperature in/u],
  [{prompt, stop: ['']}, /^stop.* in generate's input/u],
  [{prompt, seed: 2 ** 31}, /^seed in/u],
  [{prompt: {raw: ''}}, /nothing to go on from/u],
] as const) {
  test(`wrong input is refused: ${JSON.stringify(input)}`, async t => {
    await t.throwsAsync(generator.generate(input), {code: 'INVALID_INPUT', message});
  });
}

test('closing ends what is being written, and what comes after is refused', async t => {
  const other = await openGenerator({model: arithmeticPair().reference, gpu: false, threads: 1});
  const writing = t.throwsAsync(other.generate({prompt, n: 16}), {code: 'GENERATOR_CLOSED'});
  await other.close();
  await writing;
  await t.throwsAsync(other.generate({prompt}), {code: 'GENERATOR_CLOSED'});
});

test('a file that is no model is refused by name', async t => {
  await t.throwsAsync(openGenerator({model: 'package.json'}), {
    code: 'MODEL_INVALID',
    message: /package\.json/u,
  });
});
