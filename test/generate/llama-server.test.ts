// Against a real server: npm run test:llama-server.

import process from 'node:process';
import test from 'ava';
import {openGenerator} from '../../lib/index.js';
import {arithmeticPair} from '../helpers/pairs.js';

const {IMPLICIT_PRM_TEST_SERVER: url = '', IMPLICIT_PRM_TEST_SERVER_KEY: apiKey} = process.env;
const real = url === '' ? test.skip : test;
const prompt = 'Compute 19 + 16 - 20 - 7 - 17';
const step = 'Step 1: 19 + 16 = 35, so 35 - 20 - 7 - 17\n\n';

real('it writes what a model in this process writes, where nothing is left to chance', async t => {
  await using remote = await openGenerator({url, apiKey});
  await using local = await openGenerator({model: arithmeticPair().reference, gpu: false, threads: 1});
  const inputs = [
    {prompt, temperature: 0},
    {prompt, prefix: step, stop: '\n\n', temperature: 0},
    {prompt, temperature: 0, maxTokens: 7},
    {prompt: [{role: 'user', content: prompt}], temperature: 0, prefix: 'Answer: ', n: 2},
  ];
  for (const input of inputs) {
    const {continuations} = await remote.generate(input);
    t.deepEqual(continuations, (await local.generate(input)).continuations);
  }
});

real('a prompt made into tokens here and one put through its template are the same', async t => {
  await using templated = await openGenerator({url, apiKey});
  await using tokenised = await openGenerator({url, apiKey, tokenizer: arithmeticPair().reference});
  const input = {prompt, prefix: step, n: 3, seed: 3};
  const [a, b] = [await templated.generate(input), await tokenised.generate(input)];
  t.deepEqual(a.continuations, b.continuations);
});

real('each continuation has a seed of its own, and the same seed gives the same text', async t => {
  await using remote = await openGenerator({url, apiKey});
  const {continuations} = await remote.generate({prompt, n: 8, seed: 11});
  t.true(new Set(continuations.map(({text}) => text)).size > 1);
  t.true(continuations.every(({reason, text, tokens}) => reason === 'end' && tokens === text.length + 1));
  const [alone] = (await remote.generate({prompt, n: 1, seed: 13})).continuations;
  t.is(alone!.text, continuations[2]!.text);
});

real('an abort leaves what had come', async t => {
  await using remote = await openGenerator({url, apiKey});
  const control = new AbortController();
  let parts = 0;
  const onText = () => ++parts === 20 && control.abort();
  const {continuations} = await remote.generate({prompt, n: 3, seed: 1, signal: control.signal, onText});
  t.true(
    continuations.some(
      ({reason, text}) => reason === 'aborted' && 'Step 1: 19 + 16'.startsWith(text.slice(0, 9)),
    ),
  );
});

real('errors of it are told with its words', async t => {
  const refused = await t.throwsAsync(openGenerator({url, apiKey: 'not the key'}), {code: 'REMOTE_FAILED'});
  t.like(refused, {status: 401});
  t.false(refused!.message.includes('not the key'));
  await using remote = await openGenerator({url, apiKey});
  await t.throwsAsync(remote.generate({prompt: 'x'.repeat(9000)}), {
    message: /exceeds the available context size/u,
  });
});
