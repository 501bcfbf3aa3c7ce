// sample and search with a real llama-server that writes: npm run test:llama-server.
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {bundledPair} from '../../lib/index.js';
import {makeProblems} from '../../scripts/arithmetic/problems.js';
import {ended, parseLines, startCli} from '../cli/cli-process.js';
import {runCliHere} from '../cli/run-in-process.js';
import {freePort} from '../helpers/free-port.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';
import {LlamaServer} from './llama-server.js';

interface Line {
  responses: {text: string; complete: boolean; reason?: string}[];
}

const served = {model: bundledPair().reference, key: 'a key for tests'};
const env = {IMPLICIT_PRM_API_KEY: served.key};
const directory = temporaryDirectory();
const file = (name: string) => path.join(directory, name);
const problems = makeProblems({count: 5, seed: 6});
await writeFile(file('problems.jsonl'), problems.map(problem => `${JSON.stringify(problem)}\n`).join(''));

// With keys and values this exact, what else is in the pair's cache decides no tie another way.
const pair = ['--bundled', '--gpu', 'off', '--threads', '1', '--kv-cache-type', 'f32'];
const search = (...method: string[]) => [
  'search',
  file('problems.jsonl'),
  ...pair,
  ...method,
  '--generator-url',
];
const sample = ['sample', file('problems.jsonl'), '-n', '8', '--url'];
const commands: Record<string, string[]> = {
  sample,
  bestOfN: search('--method', 'bestOfN', '-n', '4'),
  beam: search('--method', 'beam', '-n', '4', '--beam-width', '2'),
  dvts: search('--method', 'dvts', '-n', '4', '--beam-width', '2'),
  mcts: search('--method', 'mcts', '-n', '2'),
};

let server: LlamaServer;
test.before(async () => {
  server = await LlamaServer.start(served);
});
test.after.always(async () => server?.kill());

const argsOf = (name: string) => [...commands[name]!, server.url, '--seed', '3', '--quiet'];

async function run(t: ExecutionContext, args: string[], output: string): Promise<string[][]> {
  const {code, stderr} = await runCliHere([...args, '--output', file(output)], {env});
  t.is(code, 0, stderr);
  return textsOf(await readFile(file(output), 'utf8'));
}

for (const name of Object.keys(commands)) {
  test(`${name}: the same seed finds the same; killed in the middle, it goes on when the server is there again`, async t => {
    const wanted = await run(t, argsOf(name), `${name}.jsonl`);
    t.is(wanted.length, problems.length);
    t.true(wanted.every(texts => texts.length > 0));
    t.deepEqual(await run(t, argsOf(name), `${name}-again.jsonl`), wanted);

    const output = file(`${name}-killed.jsonl`);
    const broken = runCliHere([...argsOf(name), '--output', output], {env});
    while ((await linesIn(output)) < 1) {
      await sleep(5);
    }

    await server.kill();
    const {code, stderr} = await broken;
    server = await LlamaServer.start({...served, port: server.port});
    t.is(code, 1);
    t.regex(stderr, /could not be reached|could not be read to its end/u);
    t.regex(stderr, /lines? (?:is|are) done in .*--resume goes on from there/u);
    const kept = await linesIn(output);
    t.true(kept >= 1 && kept < problems.length);
    t.deepEqual(await run(t, [...argsOf(name), '--resume'], `${name}-killed.jsonl`), wanted);
  });
}

for (const name of ['sample', 'beam']) {
  test(`${name}: Ctrl-C frees the server's places, keeps what is done, and --resume goes on`, async t => {
    const output = file(`${name}-stopped.jsonl`);
    const child = startCli([...argsOf(name), '--output', output], env);
    const end = ended(child);
    while ((await linesIn(output)) < 1) {
      await sleep(5);
    }

    child.kill('SIGINT');
    t.is((await end).code, 130);
    t.true(await server.fallsSilent());
    t.true((await linesIn(output)) < problems.length);
    const wanted = textsOf(await readFile(file(`${name}.jsonl`), 'utf8'));
    t.deepEqual(await run(t, [...argsOf(name), '--resume'], `${name}-stopped.jsonl`), wanted);
  });
}

test('a stop text and a limit of tokens end what it writes', async t => {
  const texts = async (...options: string[]) => {
    const {code, stdout, stderr} = await runCliHere([...argsOf('sample'), ...options], {env});
    t.is(code, 0, stderr);
    return parseLines<Line>(stdout).flatMap(({responses}) => responses);
  };
  for (const {text, reason, complete} of await texts('--stop', String.raw`\n\n`, '--prefix', 'Step 1: ')) {
    t.regex(text, /^Step 1: [^\n]+$/u);
    t.deepEqual([reason, complete], ['stop', true]);
  }

  for (const {text, reason, complete} of await texts('--max-tokens', '5')) {
    t.is(text.length, 5);
    t.deepEqual([reason, complete], ['length', false]);
  }

  const {stdout} = await runCliHere([...argsOf('beam'), '--max-step-tokens', '4'], {env});
  t.true(parseLines<Line>(stdout).every(({responses}) => responses.every(({complete}) => !complete)));
});

for (const name of ['sample', 'beam']) {
  test(`${name}: a wrong port, a wrong model and a wrong key are told`, async t => {
    const told = async (args: string[], key = served.key) => {
      const {code, stdout, stderr} = await runCliHere(args, {env: {IMPLICIT_PRM_API_KEY: key}});
      t.deepEqual({code, stdout}, {code: 1, stdout: ''});
      return stderr;
    };
    const nobody = `http://127.0.0.1:${await freePort()}`;
    t.regex(await told([...commands[name]!, nobody]), /could not be reached: connect ECONNREFUSED/u);
    t.regex(
      await told([...argsOf(name), '--api-model', 'nope']),
      /has no model 'nope'\. It has '.*base\.gguf'/u,
    );
    t.regex(await told(argsOf(name), 'another key'), /refuses the key \(status 401\).*IMPLICIT_PRM_API_KEY/u);
  });
}

test('a server that scores nothing is refused as a model of the pair', async t => {
  const args = ['score', '--policy', `${server.url}#${served.model}`, file('problems.jsonl')];
  const {code, stderr} = await runCliHere(args, {env});
  t.is(code, 1);
  t.regex(stderr, /this is a llama-server, which gives no log-probabilities of a prompt/u);
});

function textsOf(lines: string): string[][] {
  return parseLines<Line>(lines).map(({responses}) => responses.map(({text}) => text));
}

async function linesIn(output: string): Promise<number> {
  return (await readFile(output, 'utf8').catch(() => '')).split('\n').length - 1;
}
