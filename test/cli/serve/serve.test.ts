import {once} from 'node:events';
import {writeFileSync} from 'node:fs';
import {createServer as createTcpServer} from 'node:net';
import path from 'node:path';
import test from 'ava';
import {temporaryDirectory} from '../../helpers/temporary-directory.js';
import {type Asking, asking} from '../../serve/serving.js';
import {type CliResult, ended, startCli} from '../cli-process.js';
import {runCliHere} from '../run-in-process.js';

const pairFlags = ['--bundled', '--gpu', 'off', '--threads', '1', '--quiet'];
const body = {prompt: 'Compute 2 * 3 + 4', response: 'Step 1: 2 * 3 = 6, so 6 + 4\n\nAnswer: 10'};

/** Starts the server, hands it over, and ends it. */
async function withServer(
  flags: readonly string[],
  env: NodeJS.ProcessEnv,
  use: (server: {
    asked: Asking;
    kill: (signal: NodeJS.Signals) => void;
    end: Promise<CliResult>;
  }) => Promise<void>,
): Promise<void> {
  const child = startCli(['serve', ...pairFlags, '--port', '0', ...flags], env);
  const end = ended(child);
  try {
    const [line] = (await once(child.stdout, 'data')) as [string];
    const url = /^Listening on (http:\/\/127\.0\.0\.1:\d+)\n$/u.exec(line)![1]!;
    await use({asked: asking(url), kill: signal => child.kill(signal), end});
  } finally {
    child.kill('SIGKILL');
    await end;
  }
}

test('serve scores, and SIGTERM ends it once what has come is answered', async t => {
  await withServer([], {}, async ({asked, kill, end}) => {
    t.is((await asked.get('/ready')).status, 200);
    const {status, json} = await asked.post<{steps: unknown[]}>('/v1/score', body);
    t.is(status, 200);
    t.is(json.steps.length, 2);
    const responses = Array.from({length: 16}, (_, index) => `${index} ${'1 + 1 = 2, '.repeat(30)}`);
    const last = asked.post('/v1/score', {prompt: body.prompt, responses});
    // It has come once it is counted.
    while (!/^implicit_prm_requests_in_work 2$/mu.test((await asked.get('/metrics')).text)) {
      await new Promise(resolve => setTimeout(resolve, 10));
    }

    kill('SIGTERM');
    t.is((await last).status, 200);
    const {code, stderr} = await end;
    t.is(code, 0);
    t.is(stderr, '');
  });
});

test('the key may be in the environment or in a file', async t => {
  const file = path.join(temporaryDirectory(), 'key');
  writeFileSync(file, 'of-the-file\n');
  for (const [flags, key] of [
    [[], 'of-the-environment'],
    [['--api-key-file', file], 'of-the-file'],
  ] as const) {
    await withServer(flags, {IMPLICIT_PRM_API_KEY: 'of-the-environment'}, async ({asked, kill, end}) => {
      t.is((await asked.get('/v1/models')).status, 401);
      t.is((await asked.get('/v1/models', {authorization: `Bearer ${key}`})).status, 200);
      kill('SIGINT');
      const {stdout, stderr} = await end;
      t.false((stdout + stderr).includes(key));
    });
  }
});

test('where others can reach it serve needs a key', async t => {
  const {code, stderr} = await runCliHere(['serve', ...pairFlags, '--host', '0.0.0.0', '--port', '0']);
  t.is(code, 1);
  t.regex(stderr, /^implicit-prm: On '0\.0\.0\.0' .*IMPLICIT_PRM_API_KEY.*127\.0\.0\.1\.\n$/u);
});

test('a port that is taken is told before models are loaded', async t => {
  const other = createTcpServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const {port} = other.address() as {port: number};
  try {
    const {code, stderr} = await runCliHere(['serve', ...pairFlags, '--port', String(port)]);
    t.is(code, 1);
    t.is(stderr, `implicit-prm: cannot listen on 127.0.0.1:${port}: address already in use\n`);
  } finally {
    other.close();
  }
});

test('a model that is not there ends serve', async t => {
  const {code, stderr} = await runCliHere(['serve', '--policy', 'nowhere.gguf', '--port', '0']);
  t.is(code, 1);
  t.regex(stderr, /nowhere\.gguf/u);
});

const wrongUses: [string, string[], RegExp][] = [
  ['no pair', ['serve'], /--policy <model>' not specified/u],
  ['a port that is none', ['serve', '--bundled', '--port', '70000'], /--port.*from 0 to 65535/u],
  ['an empty key', ['serve', '--bundled', '--api-key', ''], /--api-key.*has to be a text/u],
  ['two keys', ['serve', '--bundled', '--api-key', 'a', '--api-key-file', 'b'], /cannot be used with/u],
  ['a reward that there is not', ['serve', '--bundled', '--reward', 'min'], /--reward.*choices are sum/u],
];
for (const [what, args, message] of wrongUses) {
  test(`${what} is a wrong use of serve`, async t => {
    const {code, stderr} = await runCliHere(args);
    t.is(code, 2);
    t.regex(stderr, message);
  });
}

test('a key file that cannot be read, or has no key, ends serve', async t => {
  const empty = path.join(temporaryDirectory(), 'empty');
  writeFileSync(empty, '\n');
  for (const [file, message] of [
    ['nowhere', /cannot read nowhere/u],
    [empty, /has no key in it/u],
  ] as const) {
    const {code, stderr} = await runCliHere(['serve', '--bundled', '--api-key-file', file]);
    t.is(code, 1);
    t.regex(stderr, message);
  }
});
