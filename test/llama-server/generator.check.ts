// A real llama-server as a generator: npm run test:llama-server.
import test from 'ava';
import {bundledPair, openGenerator} from '../../lib/index.js';
import {LlamaServer} from './llama-server.js';

const {reference: model} = bundledPair();
const apiKey = 'a key for tests';
const prompt = 'Compute 19 + 16 - 20 - 7 - 17';
const step = 'Step 1: 19 + 16 = 35, so 35 - 20 - 7 - 17\n\n';
let server: LlamaServer;

test.before(async () => {
  server = await LlamaServer.start({model, key: apiKey});
});
test.after.always(async () => server?.kill());

const open = async (options: {tokenizer?: string; model?: string} = {}) =>
  openGenerator({url: server.url, apiKey, ...options});

test('it writes what a model in this process writes, where nothing is left to chance', async t => {
  await using remote = await open();
  await using local = await openGenerator({model, gpu: false, threads: 1});
  const inputs = [
    {prompt, temperature: 0},
    {prompt, prefix: step, stop: '\n\n', temperature: 0},
    {prompt, temperature: 0, maxTokens: 7},
    {prompt, temperature: 0, stop: ['=', ','], n: 2},
    {prompt: [{role: 'user', content: prompt}], temperature: 0, prefix: 'Answer: ', n: 2},
  ] as const;
  for (const input of inputs) {
    const {continuations} = await remote.generate(input);
    t.deepEqual(continuations, (await local.generate(input)).continuations);
  }
});

test('a prompt made into tokens here and one put through its template are the same', async t => {
  await using templated = await open();
  await using tokenised = await open({tokenizer: model});
  const input = {prompt, prefix: step, n: 3, seed: 3};
  const [a, b] = [await templated.generate(input), await tokenised.generate(input)];
  t.deepEqual(a.continuations, b.continuations);
});

test('each continuation has a seed of its own, and the same seed gives the same text', async t => {
  await using remote = await open();
  const {continuations} = await remote.generate({prompt, n: 8, seed: 11});
  t.true(new Set(continuations.map(({text}) => text)).size > 1);
  t.true(continuations.every(({reason, text, tokens}) => reason === 'end' && tokens === text.length + 1));
  const [alone] = (await remote.generate({prompt, n: 1, seed: 13})).continuations;
  t.is(alone!.text, continuations[2]!.text);
  t.deepEqual((await remote.generate({prompt, n: 8, seed: 11})).continuations, continuations);
});

test('more continuations than it has places for all come, those of a seed as if there were no others', async t => {
  await using remote = await open();
  const {continuations, usage} = await remote.generate({prompt, n: 100, seed: 11, maxTokens: 20});
  t.is(continuations.length, 100);
  t.is(usage.generated, 2000);
  const few = await remote.generate({prompt, n: 2, seed: 109, maxTokens: 20});
  t.deepEqual(few.continuations, continuations.slice(98));
});

test('an abort leaves what had come, and frees its places', async t => {
  await using remote = await open();
  const control = new AbortController();
  let parts = 0;
  let busy = 0;
  const {continuations} = await remote.generate({
    prompt,
    n: 30,
    seed: 1,
    signal: control.signal,
    async onText() {
      if (++parts === 20) {
        busy = await server.busy();
        control.abort();
      }
    },
  });
  t.true(busy > 0);
  t.is(continuations.length, 30);
  t.true(
    continuations.some(
      ({reason, text}) => reason === 'aborted' && text !== '' && 'Step 1: '.startsWith(text.slice(0, 8)),
    ),
  );
  t.true(await server.fallsSilent());
});

test('a stop text that is found here frees its place at the server', async t => {
  await using remote = await open();
  const {continuations} = await remote.generate({
    prompt,
    n: 8,
    seed: 1,
    stop: 'S',
    prefix: ' ',
    maxTokens: 400,
  });
  t.true(continuations.some(({reason, stop}) => reason === 'stop' && stop === 'S'));
  t.true(await server.fallsSilent());
});

test('a server that is killed while it writes is an error that says so', async t => {
  const dying = await LlamaServer.start({model, key: apiKey});
  await using remote = await openGenerator({url: dying.url, apiKey, retries: 0});
  let parts = 0;
  const error = await t.throwsAsync(
    remote.generate({prompt, n: 8, seed: 1, onText: () => void (++parts === 20 && dying.kill())}),
    {code: 'REMOTE_FAILED'},
  );
  t.regex(
    error!.message,
    /could not be read to its end: (?:other side closed|.*ECONNRESET)|could not be reached/u,
  );
  await t.throwsAsync(remote.generate({prompt}), {code: 'REMOTE_FAILED', message: /could not be reached/u});
});

test('what it refuses is told with its words', async t => {
  const refused = await t.throwsAsync(openGenerator({url: server.url, apiKey: 'not the key'}), {
    code: 'REMOTE_FAILED',
  });
  t.like(refused, {status: 401});
  t.false(refused!.message.includes('not the key'));
  await t.throwsAsync(open({model: 'nope'}), {
    code: 'INVALID_INPUT',
    message: /has no model 'nope'\. It has '.*base\.gguf'/u,
  });
  await using remote = await open();
  await t.throwsAsync(remote.generate({prompt: 'x'.repeat(9000)}), {
    message: /exceeds the available context size/u,
  });
});
