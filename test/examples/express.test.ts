import {once} from 'node:events';
import test from 'ava';
import {bundledPair, scoreSteps} from '../../lib/index.js';
import {ended} from '../cli/cli-process.js';
import {hasWorked} from '../helpers/cpu-time.js';
import {withPair} from '../helpers/pairs.js';
import {startExample} from './example-process.js';

const server = startExample('express', [], {PORT: '0'});
const end = ended(server);
let url: string;
let errors = '';

test.before(async () => {
  server.stderr.on('data', text => {
    errors += text;
  });
  const [line] = (await once(server.stdout, 'data')) as [string];
  url = `http://localhost:${/^listening on port (\d+)\n$/u.exec(line)![1]}/score`;
});
test.after.always(() => server.kill('SIGKILL'));

const prompt = 'Compute 2 * 3 + 4';
const responses = ['Step 1: 2 * 3 = 6, so 6 + 4\n\nAnswer: 10', 'Answer: 11'];
const post = async (body: unknown, init: RequestInit = {}) =>
  fetch(url, {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...init,
  });

test.serial('the server scores as the library does', async t => {
  const answer = await post({prompt, responses});
  t.is(answer.status, 200);
  const results = (await answer.json()) as {score: number; steps: {text: string; q: number}[]}[];
  const wanted = await withPair(bundledPair(), async pair => scoreSteps(pair, {prompt, responses}));
  t.deepEqual(
    results.map(({steps}) => steps.map(({text}) => text)),
    wanted.map(({steps}) => steps.map(({text}) => text)),
  );
  for (const [index, {score}] of results.entries()) {
    t.true(Math.abs(score - wanted[index]!.score) < 0.01);
  }
});

test.serial('requests that come at once are all answered', async t => {
  const answers = await Promise.all([1, 2, 3, 4].map(async () => post({prompt, responses})));
  t.deepEqual(
    answers.map(({status}) => status),
    [200, 200, 200, 200],
  );
});

const wrong: [string, unknown, string | undefined][] = [
  ['no responses', {prompt}, 'INVALID_INPUT'],
  ['an empty response', {prompt, responses: [' ']}, 'INVALID_INPUT'],
  ['a prompt of tokens', {prompt: {raw: [1]}, responses}, 'INVALID_INPUT'],
  ['too many responses', {prompt, responses: Array.from({length: 65}, () => 'x')}, 'INVALID_INPUT'],
  ['a response longer than the context', {prompt, responses: ['x'.repeat(5000)]}, 'CONTEXT_OVERFLOW'],
  ['a body that is no JSON', '{', undefined],
];
for (const [what, body, code] of wrong) {
  test.serial(`${what} is a bad request`, async t => {
    const answer = await post(body);
    t.is(answer.status, 400);
    const error = (await answer.json()) as {code?: string; message: string};
    t.is(error.code, code);
    t.true(error.message.length > 0);
  });
}

test.serial('a client that goes away stops the scoring, SIGTERM ends the server in good order', async t => {
  const long = Array.from({length: 64}, (_, index) => `${index} ${'1 + 1 = 2, '.repeat(30)}`);
  const controller = new AbortController();
  const request = post({prompt, responses: long}, {signal: controller.signal});
  request.catch(() => {});
  await hasWorked(server.pid!, 200);
  controller.abort();
  await t.throwsAsync(request, {any: true, name: 'AbortError'});
  t.is((await post({prompt, responses})).status, 200);
  t.regex(errors, /^499 The client has gone/mu);

  const last = post({prompt, responses: long.slice(0, 16)});
  await hasWorked(server.pid!, 100);
  server.kill('SIGTERM');
  t.is((await last).status, 200);
  const {code, stdout} = await end;
  t.is(code, 0);
  t.regex(stdout, /^listening/u);
});
