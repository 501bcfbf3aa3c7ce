import test from 'ava';
import {createServer, type Pair} from '../../lib/index.js';
import {openBundled, serving} from './serving.js';

const key = 'a-key-of-many-letters';
const body = {prompt: 'Compute 1 + 2', response: 'Answer: 3'};
let pair: Pair;
test.before(async () => {
  pair = await openBundled();
});
test.after.always(async () => pair?.close());

test('with a key all routes want it, but those that tell whether the server is there', async t => {
  await serving(pair, {apiKey: key}, async ({server, get, post}) => {
    const {paths} = (await (
      await server.fetch(new Request('http://x/openapi.json', {headers: {authorization: `Bearer ${key}`}}))
    ).json()) as {paths: Record<string, object>};
    for (const [path, methods] of Object.entries(paths)) {
      const {status, text, headers} = 'get' in methods ? await get(path) : await post(path, body);
      t.is(status, ['/health', '/ready'].includes(path) ? 200 : 401, path);
      if (status === 401) {
        t.is(headers.get('www-authenticate'), 'Bearer');
        t.false(text.includes(key));
      }
    }
  });
});

test('the key has to be the whole key', async t => {
  await serving(pair, {apiKey: key}, async ({get}) => {
    for (const given of ['', key.slice(1), `${key}x`, key.toUpperCase()]) {
      const {status, text} = await get('/v1/models', {authorization: `Bearer ${given}`});
      t.is(status, 401, given);
      t.true(given === '' || !text.includes(given));
    }

    t.is((await get('/v1/models', {authorization: `bearer ${key}`})).status, 200);
  });
});

test('without a key whatever is sent for one is no matter', async t => {
  await serving(pair, {}, async ({get}) => {
    for (const authorization of ['Bearer ', 'Bearer x', 'Basic eDp5']) {
      t.is((await get('/v1/models', {authorization})).status, 200);
    }
  });
});

test('where others can reach it a server needs a key', async t => {
  const open = createServer(pair);
  for (const host of ['0.0.0.0', '::', '192.168.0.1', 'example.org']) {
    await t.throwsAsync(open.listen({host}), {code: 'INVALID_INPUT', message: /needs a key/u}, host);
  }

  const locked = createServer(pair, {apiKey: key});
  const {url} = await locked.listen({host: '0.0.0.0'});
  t.regex(url, /^http:\/\/0\.0\.0\.0:\d+$/u);
  await locked.close();
});

test('options that are wrong are told at once', t => {
  t.throws(() => createServer(pair, {maxQueueTokens: 0}), {
    code: 'INVALID_INPUT',
    message: /maxQueueTokens/u,
  });
  t.throws(() => createServer(pair, {apiKey: ''}), {code: 'INVALID_INPUT'});
});
