// The command line with a pair at a server, as it is with the same pair here.
import {existsSync, statSync} from 'node:fs';
import {readFile, writeFile} from 'node:fs/promises';
import {createServer as createHttpServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {bundledPair, createServer, openPair, type PrmServer} from '../../../lib/index.js';
import {readData, type Trace} from '../../helpers/golden.js';
import {nearlyEqual} from '../../helpers/nearly-equal.js';
import {temporaryDirectory} from '../../helpers/temporary-directory.js';
import {parseLines} from '../cli-process.js';
import {runCliHere} from '../run-in-process.js';

const key = 'a key that nobody is told';
const directory = temporaryDirectory();
const file = (name: string) => path.join(directory, name);
const traces = readData<Trace>('traces.jsonl').slice(0, 4);
await writeJson('traces.jsonl', traces);
await writeJson(
  'samples.jsonl',
  traces.map(({prompt: problem, steps, label}) => ({problem, steps, label})),
);
await writeJson('candidates.jsonl', readData('best-of-n.jsonl').slice(0, 2));
await writeJson('problems.jsonl', [{prompt: 'Compute 9 + 3 + 10', reference: 22}]);

// The last digits depend on what is in a cache: with one this exact by some 1e-5.
const exact = {kvCacheType: 'f32', gpu: false, threads: 1} as const;
const here = ['--bundled', '--gpu', 'off', '--threads', '1', '--kv-cache-type', 'f32'];
const pair = await openPair({...bundledPair(), ...exact});
const server: PrmServer = createServer(pair, {apiKey: key});
const {url} = await server.listen();
const there = ['--policy', `${url}#policy`, '--reference', `${url}#reference`];
test.after.always(async () => {
  await server.close();
  await pair.close();
});

/** Runs a command with the pair at the server, and with the same pair here. */
async function both(t: ExecutionContext, command: string[]): Promise<[string, string]> {
  const outputs: string[] = [];
  for (const models of [there, here]) {
    const {code, stdout, stderr} = await runCliHere([...command, ...models, '--quiet'], {
      env: {IMPLICIT_PRM_API_KEY: key},
    });
    t.is(code, 0, stderr);
    t.false(`${stdout}${stderr}`.includes(key));
    outputs.push(stdout);
  }

  return outputs as [string, string];
}

test('score gives the same lines', async t => {
  const [over, local] = await both(t, ['score', file('traces.jsonl')]);
  t.is(parseLines(over).length, traces.length);
  t.true(nearlyEqual(judged(over), judged(local), 1e-3));
});

for (const [command, input, ...options] of [
  ['best-of-n', 'candidates.jsonl'],
  ['processbench', 'samples.jsonl', '--threshold', '0.5'],
] as const) {
  test(`eval ${command} gives the same figures`, async t => {
    const [over, local] = await both(t, ['eval', command, file(input), ...options, '--json', '--no-cache']);
    t.true(nearlyEqual(JSON.parse(over), JSON.parse(local), 1e-3), `${over}${local}`);
  });
}

for (const method of ['bestOfN', 'beam']) {
  test(`search by ${method} finds the same`, async t => {
    const writer = ['--model', bundledPair().reference, '--parallel', '4', '--gpu', 'off', '--threads', '1'];
    const [over, local] = await both(t, [
      ...['search', file('problems.jsonl'), ...writer, '--method', method, '-n', '4', '--seed', '5'],
    ]);
    t.true(nearlyEqual(judged(over), judged(local), 1e-3));
  });
}

test('a run that the server leaves in the middle keeps what is done, and goes on when it is there again', async t => {
  const output = file('left.jsonl');
  let left = false;
  const passing = await forwarding(url, () => {
    left ||= existsSync(output) && statSync(output).size > 0;
    return !left;
  });
  t.teardown(passing.close);
  const models = ['--policy', `${passing.url}#policy`, '--reference', `${passing.url}#reference`];
  const args = ['score', file('traces.jsonl'), ...models, '--quiet', '--output', output];
  const env = {IMPLICIT_PRM_API_KEY: key};
  const broken = await runCliHere(args, {env});
  t.is(broken.code, 1, broken.stderr);
  t.regex(broken.stderr, /could not be reached.*lines? (?:is|are) done in .*--resume goes on from there/u);
  t.true(parseLines(await readFile(output, 'utf8')).length < traces.length);
  passing.forwardAll();
  const resumed = await runCliHere([...args, '--resume'], {env});
  t.is(resumed.code, 0, resumed.stderr);
  const [, local] = await both(t, ['score', file('traces.jsonl')]);
  t.true(nearlyEqual(judged(await readFile(output, 'utf8')), judged(local), 1e-3));
});

test('a key that is refused, a model that is not there and a name that is missing are told', async t => {
  const told = async (args: string[], apiKey = key) => {
    const {code, stdout, stderr} = await runCliHere(['score', file('traces.jsonl'), ...args], {
      env: {IMPLICIT_PRM_API_KEY: apiKey},
    });
    t.deepEqual({code, stdout}, {code: 1, stdout: ''});
    return stderr;
  };
  t.regex(await told(there, 'another key'), /refuses the key \(status 401\).*IMPLICIT_PRM_API_KEY/u);
  t.regex(
    await told(['--policy', `${url}#policies`]),
    /has no model 'policies'\. It has 'policy', 'reference'/u,
  );
  t.regex(await told(['--policy', url]), /without the name of a model: put it behind a #/u);
});

/** Lines without what it took to make them. */
function judged(lines: string): unknown[] {
  return parseLines<{usage?: object}>(lines).map(({usage, ...line}) => line);
}

async function writeJson(name: string, lines: readonly unknown[]): Promise<void> {
  await writeFile(file(name), lines.map(line => `${JSON.stringify(line)}\n`).join(''));
}

/** Hands requests on to another address as long as it may, then hangs up, until it is told otherwise. */
async function forwarding(target: string, mayForward: () => boolean) {
  let forwardsAll = false;
  const forwarder = createHttpServer(async (request, response) => {
    const body: Buffer[] = [];
    for await (const part of request) {
      body.push(part);
    }

    if (!forwardsAll && !mayForward()) {
      request.socket.destroy();
      return;
    }

    const {method, headers} = request;
    const answer = await fetch(target + request.url, {
      method: method!,
      headers: {authorization: headers.authorization!, 'content-type': 'application/json'},
      ...(body.length > 0 ? {body: Buffer.concat(body)} : {}),
    });
    response.writeHead(answer.status, {'content-type': 'application/json'}).end(await answer.text());
  });
  await new Promise<void>(resolve => {
    forwarder.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(forwarder.address() as AddressInfo).port}`,
    forwardAll() {
      forwardsAll = true;
    },
    async close() {
      forwarder.closeAllConnections();
      await new Promise(resolve => {
        forwarder.close(resolve);
      });
    },
  };
}
