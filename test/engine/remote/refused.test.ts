import process from 'node:process';
import {inspect} from 'node:util';
import test from 'ava';
import {openPair, type PairOptions, RemoteError} from '../../../lib/index.js';
import {arithmeticPair, loraFile} from '../../helpers/pairs.js';
import {type FakeModelsOptions, names, serveModels, tokenizerInfo} from './fake-models.js';
import {type FakeRoute, sendJson, serveFake} from './fake-server.js';
import {recorded} from './recorded.js';

const {policy: other, reference: tokenizer} = arithmeticPair();

/** Changes what comes out of a route. */
function changed(path: string, change: (body: never) => unknown): FakeRoute {
  return async (request, response, next) => {
    if (request.path === path) {
      const {end} = response;
      response.end = (text: unknown) =>
        (end as (text: string) => typeof response).call(
          response,
          JSON.stringify(change(JSON.parse(String(text)) as never)),
        );
    }

    await next();
  };
}

async function refusal(
  t: {throwsAsync: (promise: Promise<unknown>) => Promise<Error | undefined>},
  server: FakeModelsOptions,
  options: Partial<PairOptions> = {},
): Promise<Error> {
  const fake = await serveModels(server);
  try {
    const {policy, reference} = fake;
    const opening = openPair({policy, reference, tokenizer, remote: {retries: 0}, ...options});
    return (await t.throwsAsync(opening.then(async pair => pair.close())))!;
  } finally {
    await fake.close();
  }
}

test('a llama-server is refused with what to run in its place', async t => {
  const {body} = recorded('llamacpp-models');
  const server = await serveFake((_, response) => sendJson(response, 200, body));
  t.teardown(server.close);
  await t.throwsAsync(openPair({policy: {url: server.url}, tokenizer}), {
    instanceOf: RemoteError,
    message: /llama-server, which gives no log-probabilities of a prompt.*implicit-prm serve/u,
  });
});

test('so is one that says that it is another and is not', async t => {
  const {body} = recorded('llamacpp-v1-prompt_logprobs');
  const error = await refusal(t, {
    override: async (request, response, next) =>
      request.path === '/v1/completions' ? sendJson(response, 200, body) : next(),
  });
  t.regex(error.message, /gives no log-probabilities of a prompt/u);
});

test('a server that does not say what it is has to be told', async t => {
  const models = [{id: names.policy, owned_by: 'openai', max_model_len: 512}];
  t.regex(
    (await refusal(t, {models}, {reference: undefined})).message,
    /owned by 'openai': it is neither vLLM/u,
  );
  const fake = await serveModels({models});
  t.teardown(fake.close);
  const pair = await openPair({policy: {...fake.policy, engine: 'vllm'}, tokenizer});
  t.is(pair.info.policy.remote!.engine, 'vllm');
  await pair.close();
});

test('a model that a server has not is told with those that it has', async t => {
  const fake = await serveModels();
  t.teardown(fake.close);
  const {url} = fake;
  await t.throwsAsync(openPair({policy: `${url}#nope`, tokenizer}), {
    code: 'INVALID_INPUT',
    message: /has no model 'nope'\. It has 'arithmetic-base', 'arithmetic-lora'/u,
  });
  await t.throwsAsync(openPair({policy: {url}, tokenizer}), {message: /has several models/u});
});

test('values above 0, other tokens, and too few of them are no log-probabilities of what was sent', async t => {
  type Body = {choices: {prompt_logprobs: (Record<string, {logprob: number}> | null)[]}[]};
  const change = (edit: (entries: Body['choices'][number]['prompt_logprobs']) => void) =>
    changed('/v1/completions', (body: Body) => {
      for (const {prompt_logprobs: entries} of body.choices) {
        edit(entries);
      }

      return body;
    });
  const cases = [
    [
      change(entries => Object.assign(Object.values(entries[5]!)[0]!, {logprob: 3.5})),
      /gives 3\.5 .*raw_logprobs/u,
    ],
    [change(entries => entries.splice(5, 1, {7: {logprob: -1}})), /other tokens than it was sent/u],
    [change(entries => entries.pop()), /log-probabilities for a prompt of \d+ tokens/u],
    [changed('/v1/completions', () => ({choices: []})), /does not answer with a completion of each/u],
  ] as const;
  for (const [override, message] of cases) {
    const error = await refusal(t, {override});
    t.true(error instanceof RemoteError);
    t.regex(error.message, message);
  }
});

test('SGLang that cuts a text off in silence is found out', async t => {
  type Body = {meta_info: {prompt_tokens: number; input_token_logprobs: unknown[]}}[];
  const override = changed('/generate', (body: Body) =>
    body.map(({meta_info: meta}) => ({
      meta_info: {...meta, prompt_tokens: 10, input_token_logprobs: meta.input_token_logprobs.slice(0, 10)},
    })),
  );
  t.regex((await refusal(t, {kind: 'sglang', override})).message, /--allow-auto-truncate/u);
});

test('a server that applies the adapter to the base where both are asked for is refused', async t => {
  const error = await refusal(t, {mixesUp: true});
  t.true(error instanceof RemoteError);
  t.regex(error.message, /mixes up arithmetic-lora and arithmetic-base .*--max-loras 2/u);
});

test('an adapter that is not applied, or one model by two names, makes no pair', async t => {
  const override: FakeRoute = async (request, _, next) => {
    if (request.path === '/v1/completions') {
      request.body.model = names.reference;
    }

    await next();
  };
  const error = await refusal(t, {override});
  t.like(error, {code: 'PAIR_MISMATCH'});
  t.regex(error.message, /same log-probabilities of every token/u);
  const fake = await serveModels();
  t.teardown(fake.close);
  await t.throwsAsync(
    openPair({policy: fake.policy, reference: {...fake.policy, url: `${fake.url}/v1/`}, tokenizer}),
    {
      code: 'PAIR_MISMATCH',
      message: /are the same model/u,
    },
  );
});

test('a server whose tokens are others is refused, and one without /tokenize is warned of', async t => {
  const override = changed('/tokenize', ({tokens}: {tokens: number[]}) => ({
    tokens: tokens.map(token => (token === 10 ? 11 : token)),
  }));
  const error = await refusal(t, {override});
  t.like(error, {code: 'PAIR_MISMATCH'});
  t.regex(error.message, /of a sample text token \d+ is number 11 there and 10 here/u);

  const without: FakeRoute = async (request, response, next) =>
    request.path === '/tokenize' ? sendJson(response, 404, {detail: 'Not Found'}) : next();
  const fake = await serveModels({override: without});
  t.teardown(fake.close);
  const pair = await openPair({policy: fake.policy, reference: fake.reference, tokenizer});
  t.deepEqual(
    pair.info.warnings.map(({code}) => code),
    ['TOKENIZER_UNCHECKED'],
  );
  await pair.close();
});

test('a server that does not tell its template is told how it can, or how to do without', async t => {
  const error = await refusal(t, {}, {tokenizer: undefined});
  t.regex(error.message, /GGUF file .*as tokenizer.*--enable-tokenizer-info-endpoint/u);
  const strings = changed('/tokenize', (body: {token_strs: string[]}) => ({
    ...body,
    token_strs: body.token_strs.map(() => '?'),
  }));
  const override: FakeRoute = async (request, response, next) =>
    tokenizerInfo(request, response, async () => strings(request, response, next));
  t.regex((await refusal(t, {override}, {tokenizer: undefined})).message, /do not make up the text/u);
});

test('a server that does not say how long a text may be needs a contextSize', async t => {
  const models = [
    {id: names.reference, owned_by: 'vllm'},
    {id: names.policy, owned_by: 'vllm', parent: names.reference},
  ];
  t.regex((await refusal(t, {models})).message, /give contextSize/u);
  const fake = await serveModels({models});
  t.teardown(fake.close);
  const pair = await openPair({policy: fake.policy, reference: fake.reference, tokenizer, contextSize: 100});
  t.is(pair.info.contextSize, 100);
  await pair.close();
});

test('a key is in no error, whatever the server makes of it', async t => {
  const apiKey = 'sk-very-secret';
  const server = await serveFake(({headers}, response) =>
    sendJson(response, 401, {error: {message: `no ${headers.authorization} ${headers['x-token']}`}}),
  );
  t.teardown(server.close);
  const {port} = new URL(server.url);
  for (const policy of [
    {url: server.url, apiKey, headers: {'x-token': apiKey}},
    {url: `http://user:${apiKey}@127.0.0.1:${port}`},
    `http://user:${apiKey}@127.0.0.1:${port}#model`,
    `http://user:${apiKey}@127.0.0.1:${port}`,
    {url: `ftp://user:${apiKey}@127.0.0.1`},
    {url: server.url, apiKey: `${apiKey}\n`},
    {url: server.url, apiKey, engine: 'mine' as never},
  ]) {
    const error = await t.throwsAsync(openPair({policy, tokenizer}));
    t.false(inspect(error, {depth: 8}).includes(apiKey), String(error));
    t.false(JSON.stringify(error).includes(apiKey));
  }
});

test.serial('a key may come from the environment', async t => {
  const apiKey = 'sk-of-the-environment';
  process.env.IMPLICIT_PRM_API_KEY = apiKey;
  t.teardown(() => {
    delete process.env.IMPLICIT_PRM_API_KEY;
  });
  const fake = await serveModels({apiKey});
  t.teardown(fake.close);
  const pair = await openPair({policy: fake.policy, reference: fake.reference, tokenizer});
  t.false(JSON.stringify(pair.info).includes(apiKey));
  await pair.close();
});

test('options that do not go together are told', async t => {
  const remote = {url: 'http://127.0.0.1:18999', model: 'a'};
  for (const [options, message] of [
    [{policy: remote, lora: loraFile}, /lora .* is for a policy in this process/u],
    [{policy: other, reference: tokenizer, tokenizer}, /tokenizer .* is for models at a server/u],
    [{policy: 'http://127.0.0.1:18999'}, /without the name of a model: put it behind a #/u],
    [{policy: 'http://127.0.0.1:18999#'}, /without the name of a model/u],
    [{policy: {url: 'localhost:8000'}}, /url in policy in openPair's options: expected a URL/u],
    [{policy: {...remote, key: 'x'}}, /policy in openPair's options/u],
    [{policy: remote, remote: {concurrency: 0}}, /remote\.concurrency in openPair's options/u],
  ] as const) {
    await t.throwsAsync(openPair(options as PairOptions), {code: 'INVALID_INPUT', message});
  }

  await t.throwsAsync(openPair({policy: remote}), {message: /could not be reached: .*ECONNREFUSED/u});
});
