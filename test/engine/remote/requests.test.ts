import {setTimeout} from 'node:timers/promises';
import test from 'ava';
import {openPair, type Pair, PairClosedError, RemoteError} from '../../../lib/index.js';
import {arithmeticPair} from '../../helpers/pairs.js';
import {type FakeModels, type FakeModelsOptions, names, serveModels} from './fake-models.js';
import {type FakeRoute, sendJson} from './fake-server.js';
import {recorded} from './recorded.js';

const {reference: tokenizer} = arithmeticPair();

/** Different sequences of 20 tokens. */
function sequencesOf(count: number) {
  return Array.from({length: count}, (_, index) => ({
    tokens: Int32Array.from({length: 20}, (_, place) => 65 + ((index * 7 + place) % 20)),
    from: 5,
  }));
}

/** Opens a pair at a fake server, of which `override` takes over once the pair is open. */
async function withRemote(
  options: FakeModelsOptions & {remote?: object},
  use: (pair: Pair, server: FakeModels) => Promise<void>,
): Promise<void> {
  const {override, remote = {}, ...rest} = options;
  let isOpen = false;
  const server = await serveModels({
    ...rest,
    override: async (request, response, next) =>
      isOpen && override ? override(request, response, next) : next(),
  });
  const {policy, reference} = server;
  const pair = await openPair({policy, reference, tokenizer, remote});
  isOpen = true;
  server.requests.length = 0;
  Object.assign(server.most, {models: 0, requests: 0});
  try {
    await use(pair, server);
  } finally {
    await pair.close();
    await server.close();
  }
}

/** Lets the first request wait for a second one, however long that takes to come. */
function inPairs(): FakeRoute {
  let count = 0;
  let second = () => {};
  const hasCome = new Promise<void>(resolve => {
    second = resolve;
  });
  return async (_request, _response, next) => {
    count++;
    if (count === 2) {
      second();
    }

    await hasCome;
    await next();
  };
}

/** Answers the first requests otherwise. */
function first(count: number, answer: FakeRoute): FakeRoute {
  let left = count;
  return async (request, response, next) => (left-- > 0 ? answer(request, response, next) : next());
}

test('requests have as many sequences and tokens as they may, several at once, and of one model at a time', async t => {
  const remote = {maxSequences: 3, maxTokens: 50, concurrency: 2};
  await withRemote({remote, delay: 10, override: inPairs()}, async (pair, server) => {
    const counts: number[] = [];
    const onProgress = ({tokens, total}: {tokens: number; total: number}) => {
      t.is(total, 2 * 7 * 19);
      counts.push(tokens);
    };
    await pair.engine.logprobs(sequencesOf(7), {onProgress});
    const asked = server.to('/v1/completions').map(({body}) => body);
    // 20 tokens each: two are 40, three would be 60.
    t.deepEqual(
      asked.map(({prompt}) => prompt.length),
      [2, 2, 2, 1, 2, 2, 2, 1],
    );
    t.deepEqual(
      asked.map(({model}) => model),
      [...Array(4).fill(names.policy), ...Array(4).fill(names.reference)],
    );
    t.is(server.most.models, 1);
    t.is(server.most.requests, 2);
    t.deepEqual(
      counts,
      counts.toSorted((a, b) => a - b),
    );
    t.is(counts.at(-1), 2 * 7 * 19);
  });
});

test('calls at once share the way to a server, which still sees one model at a time', async t => {
  await withRemote({delay: 5, override: inPairs(), remote: {concurrency: 2}}, async (pair, server) => {
    const sequences = sequencesOf(6);
    const results = await Promise.all(sequences.map(async sequence => pair.engine.logprobs([sequence])));
    const {policy, reference} = await pair.engine.logprobs(sequences);
    for (const [index, result] of results.entries()) {
      t.true(result.policy[0]!.every((value, place) => Math.abs(value - policy[index]![place]!) < 1e-3));
      t.true(
        result.reference![0]!.every((value, place) => Math.abs(value - reference![index]![place]!) < 1e-3),
      );
    }

    t.is(server.most.models, 1);
    t.is(server.most.requests, 2);
  });
});

test('equal sequences are sent once, from wherever they are wanted', async t => {
  await withRemote({}, async (pair, server) => {
    const [one, other] = sequencesOf(2) as [ReturnType<typeof sequencesOf>[number], never];
    const later = {tokens: one.tokens.slice(), from: 12};
    const {policy, evaluated} = await pair.engine.logprobs([later, one, other, later]);
    t.is(server.to('/v1/completions')[0]!.body.prompt.length, 2);
    t.deepEqual(
      policy.map(({length}) => length),
      [8, 15, 15, 8],
    );
    t.deepEqual(policy[0], policy[1]!.slice(7));
    t.deepEqual(policy[3], policy[0]);
    t.not(policy[3], policy[0]);
    t.deepEqual(Array.from(evaluated), [2 * 19, 0, 2 * 19, 0]);
  });
});

test('an abort closes the connections at once, and what waits is never sent', async t => {
  await withRemote({remote: {maxSequences: 1, concurrency: 2}, override: () => {}}, async (pair, server) => {
    const controller = new AbortController();
    const work = pair.engine.logprobs(sequencesOf(5), {signal: controller.signal});
    await until(() => server.requests.length === 2);
    const reason = new Error('enough');
    controller.abort(reason);
    t.is(await t.throwsAsync(work), reason);
    await until(() => server.aborted === 2);
    t.is(server.requests.length, 2);
  });
});

test('closing a pair ends what it was asking', async t => {
  await withRemote({override: () => {}}, async (pair, server) => {
    const work = pair.engine.logprobs(sequencesOf(1));
    await until(() => server.requests.length > 0);
    await Promise.all([pair.close(), t.throwsAsync(work, {instanceOf: PairClosedError})]);
    await until(() => server.aborted === 1);
    await t.throwsAsync(pair.engine.logprobs(sequencesOf(1)), {instanceOf: PairClosedError});
  });
});

test('what a listener throws ends the work', async t => {
  await withRemote({remote: {maxSequences: 1, concurrency: 1}}, async (pair, server) => {
    const thrown = new Error('no more');
    const onProgress = () => {
      throw thrown;
    };
    t.is(await t.throwsAsync(pair.engine.logprobs(sequencesOf(4), {onProgress})), thrown);
    t.true(server.requests.length <= 2);
  });
});

test('what may pass is tried again: 429, 503, a connection that is reset, an answer that breaks off', async t => {
  const failures: FakeRoute[] = [
    (_, response) => sendJson(response, 429, {error: 'busy'}, {'retry-after': '0'}),
    (_, response) => sendJson(response, 503, {error: 'starting'}),
    (_, response) => void response.socket!.destroy(),
    (_, response) => {
      response.writeHead(200, {'content-type': 'application/json', 'content-length': '1000'});
      response.write('{"choices":', () => response.socket!.destroy());
    },
  ];
  for (const failure of failures) {
    await withRemote({override: first(1, failure)}, async (pair, server) => {
      const {policy} = await pair.engine.logprobs(sequencesOf(1));
      t.is(policy[0]!.length, 15);
      t.is(server.requests.length, 3);
    });
  }
});

test('a server is left alone for as long as it asks', async t => {
  const times: number[] = [];
  const override: FakeRoute = async (_, response, next) => {
    times.push(performance.now());
    return times.length === 1 ? sendJson(response, 429, {}, {'retry-after': '2'}) : next();
  };
  await withRemote({override}, async pair => {
    await pair.engine.logprobs(sequencesOf(1));
    t.true(times[1]! - times[0]! >= 1990);
  });
});

test('what will not pass is an error at once: with the address, the status and what the server says', async t => {
  for (const [{status, body}, message] of [
    [recorded('vllm-err-bad-id'), /status 400: Token id 260 is out/u],
    [recorded('vllm-noauth'), /refuses the key \(status 401\).*IMPLICIT_PRM_API_KEY: Unauthorized/u],
    [recorded('vllm-err-unknown-model'), /status 404: The model `nope` does not exist/u],
    [{status: 500, body: {error: {message: 'x'.repeat(10_000)}}}, /status 500/u],
  ] as const) {
    await withRemote({override: (_, response) => sendJson(response, status, body)}, async (pair, server) => {
      const error = (await t.throwsAsync(pair.engine.logprobs(sequencesOf(1)), {
        instanceOf: RemoteError,
        message,
      })) as RemoteError;
      t.is(error.status, status);
      t.is(error.url, `${server.url}/v1/completions`);
      t.true(error.body!.length <= 400 && error.message.length < 1000);
      t.is(server.to('/v1/completions').length, 1);
    });
  }
});

test('a server that stays away, or keeps failing, is told after the tries that it was given', async t => {
  const override: FakeRoute = (_, response) => sendJson(response, 502, {error: 'bad gateway'});
  await withRemote({override, remote: {retries: 1}}, async (pair, server) => {
    await t.throwsAsync(pair.engine.logprobs(sequencesOf(1)), {message: /status 502: bad gateway/u});
    t.is(server.requests.length, 2);
  });
});

test('an engine that an adapter ended is told how to be started', async t => {
  const body = {error: {message: 'EngineCore encountered an issue. See stack trace for the root cause.'}};
  await withRemote({override: (_, response) => sendJson(response, 500, body)}, async pair => {
    await t.throwsAsync(pair.engine.logprobs(sequencesOf(1)), {
      instanceOf: RemoteError,
      message: /--lora-target-modules q_proj k_proj .* docs\/remote\.md/u,
    });
  });
});

test('a request without an answer is given up, and not repeated', async t => {
  await withRemote({override: () => {}, remote: {timeout: 5000}}, async (pair, server) => {
    await t.throwsAsync(pair.engine.logprobs(sequencesOf(1)), {
      instanceOf: RemoteError,
      message: /no answer within 5 seconds/u,
    });
    t.is(server.requests.length, 1);
  });
});

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; waited < 3000; waited++) {
    if (condition()) {
      return;
    }

    await setTimeout(20);
  }

  throw new Error('It did not come to that.');
}
