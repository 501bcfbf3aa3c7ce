import test, {type ExecutionContext} from 'ava';
import {type AddedText, openGenerator, type RemoteGeneratorOptions} from '../../lib/index.js';
import {arithmeticPair} from '../helpers/pairs.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';
import {withChatTemplate} from '../helpers/tiny-models.js';
import {
  type CompletionStub,
  type StubRoute,
  sendEvents,
  sendJson,
  serveCompletions,
} from './completion-stub.js';
import {fakeLlamaModel, fakeLlamaServer} from './fake-llama-server.js';

const prompt = {raw: 'Compute 1 + 2'};

/** What vLLM streams for two continuations, one of which comes to a stop text. */
const vllmEvents = [
  {choices: [{index: 0, text: 'Step', token_ids: [1, 2], finish_reason: null, stop_reason: null}]},
  {choices: [{index: 1, text: 'Answer', token_ids: [3], finish_reason: null, stop_reason: null}]},
  {choices: [{index: 0, text: ' 1', token_ids: [4, 5, 6], finish_reason: 'stop', stop_reason: '\n\n'}]},
  {choices: [{index: 1, text: ': 3', token_ids: [7, 8], finish_reason: 'stop', stop_reason: null}]},
  {choices: [], usage: {prompt_tokens: 40, completion_tokens: 8, prompt_tokens_details: {cached_tokens: 32}}},
];

async function open(
  t: ExecutionContext,
  ownedBy: string,
  routes: Record<string, StubRoute>,
  options: Partial<RemoteGeneratorOptions> = {},
) {
  const stub = await serveCompletions(ownedBy, routes);
  t.teardown(stub.close);
  const generator = await openGenerator({url: stub.url, apiKey: 'sk-secret', retries: 1, ...options});
  t.teardown(async () => generator.close());
  return {stub, generator};
}

const completions = (stub: CompletionStub) => stub.requests.filter(({path}) => path === '/v1/completions');

test('vLLM is asked for all continuations at once, and tells how each ended', async t => {
  const {stub, generator} = await open(t, 'vllm', {
    '/v1/completions': (_, response) => sendEvents(response, vllmEvents),
  });
  const told: AddedText[] = [];
  const generation = await generator.generate({
    prompt,
    prefix: '\nStep 0',
    n: 2,
    stop: '\n\n',
    maxTokens: 50,
    temperature: 0.7,
    topP: 0.9,
    minP: 0.1,
    seed: 5,
    onText: added => told.push(added),
  });
  t.deepEqual(generation, {
    continuations: [
      {text: 'Step 1', reason: 'stop', stop: '\n\n', tokens: 5},
      {text: 'Answer: 3', reason: 'end', stop: null, tokens: 3},
    ],
    usage: {evaluated: 8, generated: 8},
  });
  t.deepEqual(told, [
    {index: 0, text: 'Step'},
    {index: 1, text: 'Answer'},
    {index: 0, text: ' 1'},
    {index: 1, text: ': 3'},
  ]);
  t.is(completions(stub).length, 1);
  t.is(completions(stub)[0]!.headers.authorization, 'Bearer sk-secret');
  t.deepEqual(completions(stub)[0]!.body, {
    model: 'arithmetic',
    prompt: 'Compute 1 + 2\nStep 0',
    n: 2,
    stop: ['\n\n'],
    max_tokens: 50,
    temperature: 0.7,
    top_p: 0.9,
    top_k: -1,
    min_p: 0.1,
    repetition_penalty: 1,
    seed: 5,
    stream: true,
    stream_options: {include_usage: true},
    return_token_ids: true,
  });
});

test('llama-server is asked for each continuation alone, and stop texts are looked for here', async t => {
  const {stub, generator} = await open(t, 'llamacpp', {
    '/v1/completions': ({seed}, response) =>
      seed === 8
        ? sendEvents(
            response,
            [
              {choices: [{index: 0, text: 'Step 1\n'}], timings: {prompt_n: 5, predicted_n: 7}},
              {choices: [{index: 0, text: '\nStep 2'}], timings: {prompt_n: 5, predicted_n: 9}},
              // It would go on for ever.
            ],
            {done: false},
          )
        : sendEvents(response, [
            {choices: [{index: 0, text: 'Answer: 3'}]},
            {
              choices: [{index: 0, text: '', finish_reason: 'stop'}],
              usage: {prompt_tokens: 5, completion_tokens: 10},
            },
          ]),
  });
  const generation = await generator.generate({prompt, n: 2, stop: '\n\n', seed: 7});
  t.deepEqual(generation, {
    continuations: [
      {text: 'Answer: 3', reason: 'end', stop: null, tokens: 10},
      {text: 'Step 1', reason: 'stop', stop: '\n\n', tokens: 9},
    ],
    usage: {evaluated: 10, generated: 19},
  });
  t.deepEqual(
    completions(stub).map(({body}) => [body.n, body.stop, body.seed]),
    [
      [1, [], 7],
      [1, [], 8],
    ],
  );
});

test('SGLang tells the stop text or the token that ended a continuation', async t => {
  const {generator} = await open(t, 'sglang', {
    '/v1/completions': (_, response) =>
      sendEvents(response, [
        {choices: [{index: 0, text: 'a', finish_reason: 'stop', matched_stop: 258}]},
        {choices: [{index: 1, text: 'b', finish_reason: 'stop', matched_stop: '.'}]},
        {choices: [{index: 2, text: 'c', finish_reason: 'length', matched_stop: null}]},
        {choices: [], usage: {prompt_tokens: 4, completion_tokens: 3}},
      ]),
  });
  const {continuations} = await generator.generate({prompt, n: 3, stop: '.'});
  t.deepEqual(
    continuations.map(({reason, stop}) => [reason, stop]),
    [
      ['end', null],
      ['stop', '.'],
      ['length', null],
    ],
  );
});

test('a server of another kind gets no field that it may not know, and what it does not tell is not guessed', async t => {
  const {stub, generator} = await open(t, 'somebody', {
    '/v1/completions': (_, response) =>
      sendEvents(response, [{choices: [{index: 0, text: 'a', finish_reason: 'stop'}]}]),
  });
  const {continuations} = await generator.generate({prompt, stop: '.'});
  t.deepEqual(continuations, [{text: 'a', reason: 'stop', stop: null, tokens: null}]);
  t.false('top_k' in completions(stub)[0]!.body);
  t.false('min_p' in completions(stub)[0]!.body);
  t.is((await generator.generate({prompt})).continuations[0]!.reason, 'end');
});

test('messages are put through the template of the server: a text from llama-server, tokens from vLLM', async t => {
  const answer: StubRoute = (_, response) =>
    sendEvents(response, [{choices: [{index: 0, text: 'a', finish_reason: 'stop'}]}]);
  const llama = await open(t, 'llamacpp', {
    '/apply-template': ({messages}, response) =>
      sendJson(response, 200, {prompt: `<${JSON.stringify(messages)}>`}),
    '/v1/completions': answer,
  });
  await llama.generator.generate({prompt: 'Hi', prefix: 'Well'});
  t.is(completions(llama.stub)[0]!.body.prompt, '<[{"role":"user","content":"Hi"}]>Well');

  const vllm = await open(t, 'vllm', {
    '/tokenize': ({messages, prompt}, response) =>
      sendJson(response, 200, {
        count: 1,
        max_model_len: 512,
        tokens: messages ? [1, 2] : [...String(prompt)].map(one => one.charCodeAt(0)),
      }),
    '/v1/completions': answer,
  });
  await vllm.generator.generate({prompt: 'Hi', prefix: 'AB'});
  t.deepEqual(completions(vllm.stub)[0]!.body.prompt, [1, 2, 65, 66]);

  const neither = await open(t, 'somebody', {'/v1/completions': answer});
  const error = await t.throwsAsync(neither.generator.generate({prompt: 'Hi'}), {code: 'NO_CHAT_TEMPLATE'});
  t.regex(error!.message, /as tokenizer/u);
});

test('with a tokenizer of its own the prompt goes out as tokens', async t => {
  const {stub, generator} = await open(
    t,
    'vllm',
    {
      '/v1/completions': (_, response) =>
        sendEvents(response, [{choices: [{index: 0, text: 'a', finish_reason: 'stop'}]}]),
    },
    {tokenizer: arithmeticPair().reference},
  );
  await generator.generate({prompt: 'Hi', prefix: '1'});
  const text = (token: number) => (token < 256 ? String.fromCharCode(token) : `<${token}>`);
  const tokens = completions(stub)[0]!.body.prompt as number[];
  t.is(tokens.map(text).join(''), '<257>user\nHi<258>\n<257>assistant\n1');
});

test('a passing failure is tried again, and one that stays is told', async t => {
  let failures = 1;
  const {stub, generator} = await open(t, 'vllm', {
    '/v1/completions': (_, response) =>
      failures-- > 0
        ? sendJson(response, 503, {error: {message: 'Loading model'}})
        : sendEvents(response, vllmEvents),
  });
  t.is((await generator.generate({prompt, n: 2, stop: '\n\n'})).usage.generated, 8);
  t.is(completions(stub).length, 2);
  failures = 2;
  const error = await t.throwsAsync(generator.generate({prompt}), {code: 'REMOTE_FAILED'});
  t.like(error, {status: 503, url: `${stub.url}/v1/completions`});
  t.regex(error!.message, /503.*Loading model/u);
});

test('a request that the server refuses is not tried again', async t => {
  // As recorded from vLLM.
  const message = 'The model `nope` does not exist. Valid aliases: arithmetic-policy.';
  const {stub, generator} = await open(t, 'vllm', {
    '/v1/completions': (_, response) =>
      sendJson(response, 404, {error: {message, type: 'NotFoundError', param: 'model', code: 404}}),
  });
  const error = await t.throwsAsync(generator.generate({prompt}), {code: 'REMOTE_FAILED'});
  t.like(error, {status: 404});
  t.true(error!.message.includes(message));
  t.is(completions(stub).length, 1);
});

test('a key is in no error, even if the server repeats it', async t => {
  const {generator} = await open(
    t,
    'vllm',
    {
      '/v1/completions': (_, response) =>
        sendJson(response, 401, {error: 'No such key: sk-secret, header also-secret'}),
    },
    {headers: {'x-other': 'also-secret'}},
  );
  const error = await t.throwsAsync(generator.generate({prompt}), {code: 'REMOTE_FAILED'});
  t.like(error, {status: 401});
  t.false(JSON.stringify([error!.message, error!.stack, error]).includes('secret'));
  const odd = await t.throwsAsync(openGenerator({url: 'http://127.0.0.1:9', apiKey: 'sécret\n'}), {
    code: 'INVALID_INPUT',
  });
  t.false(odd!.message.includes('cret'));
  const misspelt = {url: 'http://127.0.0.1:9', apiKey: 'sk-secret', timeout: 3};
  const wrong = await t.throwsAsync(openGenerator(misspelt), {code: 'INVALID_INPUT'});
  t.false(wrong!.message.includes('secret'));
});

test('a server that is not there, and one that redirects, are told', async t => {
  const error = await t.throwsAsync(openGenerator({url: 'http://user:hidden@127.0.0.1:9', retries: 0}), {
    code: 'REMOTE_FAILED',
  });
  t.regex(error!.message, /could not be reached/u);
  t.false(error!.message.includes('hidden'));
  await t.throwsAsync(
    open(t, 'vllm', {
      '/v1/models': (_, response) => {
        response.writeHead(302, {location: 'http://127.0.0.1:9'}).end();
      },
    }),
    {code: 'REMOTE_FAILED', message: /another address/u},
  );
});

for (const [what, route, message] of [
  [
    'breaks off',
    (_, response) => {
      sendEvents(response, vllmEvents.slice(0, 2), {done: false});
      response.end();
    },
    /ended in the middle/u,
  ],
  [
    'breaks off because the server died',
    (_, response) => {
      sendEvents(response, vllmEvents.slice(0, 2), {done: false});
      setImmediate(() => response.socket!.destroy());
    },
    /could not be read to its end: (?:other side closed|.*ECONNRESET)/u,
  ],
  [
    'sends an error',
    (_, response) => sendEvents(response, [{error: {message: 'EngineCore died'}}]),
    /gave up: EngineCore died/u,
  ],
  [
    'sends what is no completion',
    (_, response) => sendEvents(response, [{choices: 3}]),
    /could not be read/u,
  ],
] satisfies [string, StubRoute, RegExp][]) {
  test(`an answer that ${what} is an error`, async t => {
    const {generator} = await open(t, 'vllm', {'/v1/completions': route});
    await t.throwsAsync(generator.generate({prompt}), {code: 'REMOTE_FAILED', message});
  });
}

test('a model that the server does not have is told at once, with those that it has', async t => {
  for (const kind of ['vllm', 'llamacpp']) {
    const error = await t.throwsAsync(open(t, kind, {}, {model: 'nope'}), {code: 'INVALID_INPUT'});
    t.regex(error!.message, /has no model 'nope'\. It has 'arithmetic'$/u);
  }

  // One that lists adapters only by the model they are of, and one of which nothing is known.
  for (const kind of ['sglang', 'somebody']) {
    const {generator} = await open(t, kind, {}, {model: 'arithmetic:tuned'});
    t.is(generator.info.model, 'arithmetic:tuned');
  }
});

test('a server that scores is no generator', async t => {
  const error = await t.throwsAsync(open(t, 'implicit-prm', {}), {code: 'REMOTE_FAILED'});
  t.regex(error!.message, /implicit-prm serve.*scores and writes nothing/u);
});

test('more continuations than llama-server is asked for at once come in their order', async t => {
  const fake = await fakeLlamaServer();
  t.teardown(fake.close);
  await using generator = await openGenerator({url: fake.url});
  t.is(generator.info.model, fakeLlamaModel);
  const {continuations, usage} = await generator.generate({prompt: 'Hi', n: 100, seed: 35, maxTokens: 12});
  t.deepEqual(continuations[99], {text: 'Step 1: so i', reason: 'length', stop: null, tokens: 12});
  t.deepEqual(usage, {evaluated: 900, generated: 1200});
});

test('llama-server is asked for 64 at once: an abort ends these, and begins none that waited', async t => {
  const control = new AbortController();
  const stub = await serveCompletions('llamacpp', {
    '/v1/completions': (_, response) => {
      response.on('close', () => ++closed === 64 && allClosed());
      sendEvents(response, [{choices: [{index: 0, text: 'Step'}]}], {done: false});
    },
  });
  t.teardown(stub.close);
  let closed = 0;
  let allClosed = () => {};
  const ended = new Promise<void>(resolve => {
    allClosed = resolve;
  });
  let told = 0;
  await using generator = await openGenerator({url: stub.url});
  const {continuations} = await generator.generate({
    prompt,
    n: 70,
    signal: control.signal,
    onText: () => ++told === 64 && control.abort(),
  });
  t.deepEqual(
    continuations.map(({text, reason}) => `${text} ${reason}`),
    [...new Array(64).fill('Step aborted'), ...new Array(6).fill(' aborted')],
  );
  await ended;
  t.is(completions(stub).length, 64);
});

test('an abort leaves what had come, and closes the connection', async t => {
  let closed = () => {};
  const connectionClosed = new Promise<void>(resolve => {
    closed = resolve;
  });
  const {generator} = await open(t, 'vllm', {
    '/v1/completions': (_, response) => {
      response.on('close', closed);
      sendEvents(response, vllmEvents.slice(0, 3), {done: false});
    },
  });
  const control = new AbortController();
  const {continuations} = await generator.generate({
    prompt,
    n: 2,
    stop: '\n\n',
    signal: control.signal,
    onText: ({text}) => text === ' 1' && control.abort(),
  });
  t.deepEqual(continuations, [
    {text: 'Step 1', reason: 'stop', stop: '\n\n', tokens: 5},
    {text: 'Answer', reason: 'aborted', stop: null, tokens: 1},
  ]);
  await connectionClosed;
});

test('template arguments go to the template, here or at the server, and a date only to one that is here', async t => {
  const answer: StubRoute = (_, response) =>
    sendEvents(response, [{choices: [{index: 0, text: 'a', finish_reason: 'stop'}]}]);
  const templateArguments = {enable_thinking: false};
  const vllm = await open(
    t,
    'vllm',
    {
      '/tokenize': (_, response) => sendJson(response, 200, {count: 1, max_model_len: 512, tokens: [1]}),
      '/v1/completions': answer,
    },
    {templateArguments},
  );
  await vllm.generator.generate({prompt: 'Hi'});
  const asked = vllm.stub.requests.find(({path}) => path === '/tokenize')!;
  t.deepEqual(asked.body.chat_template_kwargs, templateArguments);

  const template =
    '{% for m in messages %}{{ m.content }}{% endfor %}|{{ effort }}|{{ strftime_now("%Y") }}|';
  const tokenizer = withChatTemplate(temporaryDirectory(), template);
  const here = await open(
    t,
    'vllm',
    {'/v1/completions': answer},
    {tokenizer, templateArguments: {effort: 'high'}, date: '2031-02-03'},
  );
  await here.generator.generate({prompt: 'Hi'});
  t.is(String.fromCharCode(...(completions(here.stub)[0]!.body.prompt as number[])), 'Hi|high|2031|');

  await t.throwsAsync(openGenerator({url: here.stub.url, date: '2031-02-03'}), {
    code: 'INVALID_INPUT',
    message: /date.*tokenizer/u,
  });
});
