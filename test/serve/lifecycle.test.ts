import {once} from 'node:events';
import {connect} from 'node:net';
import test from 'ava';
import {createServer, type Pair} from '../../lib/index.js';
import {gatedPair} from './gated-engine.js';
import {asking, openBundled, serving} from './serving.js';

const body = {prompt: 'Compute 1 + 2', response: 'Answer: 3'};
let real: Pair;
test.before(async () => {
  real = await openBundled();
});
test.after.always(async () => real?.close());

test('while the models are loaded the server is there and not ready', async t => {
  let opened!: (pair: Pair) => void;
  const opening = new Promise<Pair>(resolve => {
    opened = resolve;
  });
  await serving(opening, {}, async ({get, post, wrong}) => {
    t.is((await get('/health')).status, 200);
    const {status, json} = await get('/ready');
    t.is(status, 503);
    t.deepEqual(json, {status: 'loading'});
    const refusal = await wrong('/v1/score', body);
    t.is(refusal.status, 503);
    t.is(refusal.code, 'LOADING');
    t.truthy(refusal.headers.get('retry-after'));
    t.is((await get('/metrics')).status, 200);
    opened(real);
    await opening;
    t.is((await get('/ready')).status, 200);
    t.is((await post('/v1/score', body)).status, 200);
  });
});

test('a server that ends answers what has come and takes nothing more', async t => {
  const {engine, pair} = await gatedPair(real);
  const server = createServer(pair);
  const {url} = await server.listen();
  const {post, get} = asking(url);
  const answer = post('/v1/score', body);
  const call = await engine.next();
  let isClosed = false;
  const closed = server.close().then(() => {
    isClosed = true;
  });
  await t.throwsAsync(get('/health'));
  t.is((await server.fetch(new Request('http://x/ready'))).status, 503);
  t.false(isClosed);
  call.release();
  const {status, headers} = await answer;
  t.is(status, 200);
  t.is(headers.get('connection'), 'close');
  await closed;
  await server.close();
  // The pair is its owner's.
  t.is((await server.fetch(new Request('http://x/v1/models'))).status, 200);
});

test('a connection that has sent nothing holds up no ending', async t => {
  const server = createServer(real);
  const {port} = await server.listen();
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const ended = once(socket, 'close');
  await server.close();
  socket.resume();
  await ended;
  t.pass();
});

test('requests are answered without a port too', async t => {
  const server = createServer(real);
  const request = new Request('http://x/v1/score', {
    method: 'POST',
    body: JSON.stringify(body),
    headers: {'content-type': 'application/json'},
  });
  const answer = await server.fetch(request);
  t.is(answer.status, 200);
});

test('the metrics tell requests, refusals and tokens', async t => {
  await serving(real, {}, async ({post, get}) => {
    await post('/v1/score', body);
    await post('/v1/score', {});
    await get('/nowhere/at/all');
    const {headers, text} = await get('/metrics');
    t.regex(headers.get('content-type')!, /^text\/plain/u);
    t.regex(text, /^implicit_prm_requests_total\{route="\/v1\/score",status="200"\} 1$/mu);
    t.regex(text, /^implicit_prm_requests_total\{route="\/v1\/score",status="400"\} 1$/mu);
    t.regex(text, /^implicit_prm_requests_total\{route="other",status="404"\} 1$/mu);
    t.regex(text, /^implicit_prm_rejected_total\{reason="INVALID_INPUT"\} 1$/mu);
    t.regex(text, /^implicit_prm_tokens_evaluated_total [1-9]\d*$/mu);
    t.regex(text, /^implicit_prm_queue_tokens 0$/mu);
    t.regex(text, /^implicit_prm_requests_in_work 1$/mu);
  });
});

test('two servers count by themselves', async t => {
  await serving(real, {}, async one => {
    await serving(real, {}, async other => {
      await one.get('/health');
      t.notRegex((await other.get('/metrics')).text, /route="\/health"/u);
    });
  });
});

test('the description has every route, with the schema that its requests are checked with', async t => {
  await serving(real, {}, async ({get}) => {
    const {json} = await get<{
      openapi: string;
      paths: Record<string, object>;
      components: {schemas: Record<string, {properties: object}>};
    }>('/openapi.json');
    t.is(json.openapi, '3.1.0');
    for (const path of [
      '/v1/completions',
      '/get_reward',
      '/reward',
      '/classify',
      '/pooling',
      '/v1/embeddings',
      '/v1/score',
      '/v1/models',
      '/tokenize',
      '/detokenize',
      '/tokenizer_info',
      '/health',
      '/ready',
      '/metrics',
    ]) {
      t.true(path in json.paths, path);
    }

    const {properties} = json.components.schemas.ScoreRequest!;
    t.true('prompt' in properties && 'responses' in properties && 'aggregate' in properties);
  });
});
