import test from 'ava';
import {EngineCrashedError, type Pair, type ServerOptions} from '../../lib/index.js';
import {type GatedEngine, gatedPair} from './gated-engine.js';
import {openBundled, type Serving, serving} from './serving.js';

let real: Pair;
test.before(async () => {
  real = await openBundled();
});
test.after.always(async () => real?.close());

const body = {prompt: 'Compute 1 + 2', response: 'Answer: 3'};

/** Serves a pair whose engine does as the test says. */
async function withGate<T>(
  options: ServerOptions,
  use: (served: Serving & {engine: GatedEngine}) => Promise<T>,
): Promise<T> {
  const {engine, pair} = await gatedPair(real);
  return serving(pair, options, async served => {
    try {
      return await use({...served, engine});
    } finally {
      await engine.close();
    }
  });
}

test('what does not fit the queue is told when to come back', async t => {
  await withGate({maxQueueTokens: 60}, async ({post, wrong, engine}) => {
    const first = post('/v1/score', body);
    const call = await engine.next();
    const refusal = await wrong('/v1/score', body);
    t.is(refusal.status, 429);
    t.is(refusal.code, 'QUEUE_FULL');
    t.true(Number(refusal.headers.get('retry-after')) >= 1);
    call.release();
    t.is((await first).status, 200);
    const second = post('/v1/score', body);
    (await engine.next()).release();
    t.is((await second).status, 200);
  });
});

test('clients that give up on 4xx are told that the server is unavailable', async t => {
  const text = '<|im_start|>user\nCompute 1 + 2<|im_end|>\n<|im_start|>assistant\nAnswer: 3<|im_end|>';
  await withGate({maxQueueTokens: 60}, async ({post, wrong, engine}) => {
    const first = post('/v1/score', body);
    const call = await engine.next();
    for (const [path, asked, status] of [
      ['/classify', {input: text}, 503],
      ['/get_reward', {query: [text]}, 503],
      ['/pooling', {input: text}, 429],
    ] as const) {
      const refusal = await wrong(path, asked);
      t.is(refusal.status, status, path);
      t.is(refusal.code, 'QUEUE_FULL');
      t.truthy(refusal.headers.get('retry-after'));
    }

    call.release();
    await first;
  });
});

test('one that is alone may have more tokens than the queue', async t => {
  await withGate({maxQueueTokens: 10}, async ({post, engine}) => {
    const answer = post('/v1/score', body);
    (await engine.next()).release();
    t.is((await answer).status, 200);
  });
});

test('a client that goes away stops its work and nobody else’s', async t => {
  await withGate({}, async ({post, engine}) => {
    const controller = new AbortController();
    const gone = post('/v1/score', body, {signal: controller.signal});
    const first = await engine.next();
    const stays = post('/v1/score', body);
    const second = await engine.next();
    const aborted = new Promise(resolve => first.signal!.addEventListener('abort', resolve));
    controller.abort();
    await t.throwsAsync(gone, {any: true, name: 'AbortError'});
    await aborted;
    t.false(second.signal!.aborted);
    second.release();
    t.is((await stays).status, 200);
  });
});

test('a client that goes away within a stream stops the rest of it', async t => {
  await withGate({}, async ({url, engine}) => {
    const controller = new AbortController();
    const responses = Array.from({length: 40}, () => 'Answer: 3');
    const answer = fetch(`${url}/v1/score`, {
      method: 'POST',
      body: JSON.stringify({prompt: body.prompt, responses}),
      headers: {'content-type': 'application/json', accept: 'application/x-ndjson'},
      signal: controller.signal,
    });
    const first = await engine.next();
    t.true(first.sequences.length < 40);
    first.release();
    const reader = (await answer).body!.getReader();
    await reader.read();
    const second = await engine.next();
    const aborted = new Promise(resolve => second.signal!.addEventListener('abort', resolve));
    controller.abort();
    await aborted;
    t.pass();
  });
});

test('a request that takes too long is stopped', async t => {
  await withGate({timeLimit: 2000}, async ({wrong, engine}) => {
    const refusal = wrong('/v1/score', body);
    const {signal} = await engine.next();
    const {status, code} = await refusal;
    t.is(status, 504);
    t.is(code, 'TIME_LIMIT');
    t.true(signal!.aborted);
  });
});

test('an engine that crashed is unavailable, and to be tried again', async t => {
  const told: unknown[] = [];
  await withGate({onError: error => told.push(error)}, async ({wrong, engine}) => {
    const refusal = wrong('/v1/score', body);
    (await engine.next()).fail(new EngineCrashedError('The engine was ended by SIGSEGV.'));
    const {status, code, headers} = await refusal;
    t.is(status, 503);
    t.is(code, 'ENGINE_CRASHED');
    t.truthy(headers.get('retry-after'));
    t.is(told.length, 1);
  });
});

test('what is unexpected is told to whoever runs the server, not to the client', async t => {
  const told: unknown[] = [];
  const onError = (...arguments_: unknown[]) => told.push(arguments_);
  await withGate({onError}, async ({wrong, engine}) => {
    const error = new Error('/secret/path');
    const refusal = wrong('/v1/score', body);
    (await engine.next()).fail(error);
    const {status, code, message} = await refusal;
    t.is(status, 500);
    t.is(code, 'INTERNAL');
    t.notRegex(message, /secret/u);
    t.deepEqual(told, [[error, {method: 'POST', path: '/v1/score'}]]);
  });
});

test('a body that is too large is refused, whether or not it tells its length', async t => {
  await serving(real, {maxBodyBytes: 1000}, async ({wrong, post}) => {
    const large = {...body, response: 'x'.repeat(1000)};
    t.is((await wrong('/v1/score', large)).status, 413);
    const refusal = await wrong('/v1/score', '', chunked(JSON.stringify(large)));
    t.is(refusal.status, 413);
    t.is(refusal.code, 'BODY_TOO_LARGE');
    t.is((await post('/v1/score', '', chunked(JSON.stringify(body)))).status, 200);
  });
});

/** A body in chunks, which does not tell its length. */
function chunked(text: string): RequestInit {
  const stream = new Blob([text]).stream();
  return {body: stream, duplex: 'half'} as RequestInit;
}
