// Samples and searches that a llama-server writes for, one that behaves as a real one was recorded to. Against a real one:
// npm run test:llama-server.
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {fakeLlamaModel, fakeLlamaServer} from '../../generate/fake-llama-server.js';
import {freePort} from '../../helpers/free-port.js';
import {temporaryDirectory} from '../../helpers/temporary-directory.js';
import {openBundled, serving} from '../../serve/serving.js';
import {parseLines} from '../cli-process.js';
import {runCliHere} from '../run-in-process.js';

interface Line {
  responses: {text: string; answer: string}[];
  usage?: {generated: number};
}

const directory = temporaryDirectory();
const file = (name: string) => path.join(directory, name);
const problems = ['1 + 1', '1 + 2', '1 + 3', '1 + 4'].map(sum => ({prompt: `Compute ${sum}`, reference: 2}));
await writeFile(file('problems.jsonl'), problems.map(problem => `${JSON.stringify(problem)}\n`).join(''));

const pair = ['--bundled', '--gpu', 'off', '--threads', '1', '--kv-cache-type', 'f32'];
const commands = {
  sample: (url: string) => ['sample', file('problems.jsonl'), '--url', url, '-n', '4'],
  'search by beam': (url: string) => search(url, '--method', 'beam', '-n', '8'),
  'search by dvts': (url: string) => search(url, '--method', 'dvts', '-n', '8'),
  'search by mcts': (url: string) => search(url, '--method', 'mcts', '-n', '4'),
  'search by bestOfN': (url: string) => search(url, '-n', '4'),
};

function search(url: string, ...method: string[]): string[] {
  return ['search', file('problems.jsonl'), ...pair, ...method, '--generator-url', url];
}

async function writtenBy(t: ExecutionContext, args: string[], output: string): Promise<Line[]> {
  const {code, stderr} = await runCliHere([...args, '--seed', '3', '--quiet', '--output', output]);
  t.is(code, 0, stderr);
  return parseLines<Line>(await readFile(output, 'utf8'));
}

for (const [name, argsOf] of Object.entries(commands)) {
  test(`${name}: a server that dies leaves what was done, and --resume goes on when it is there again`, async t => {
    const port = await freePort();
    const whole = await fakeLlamaServer({port});
    const args = argsOf(whole.url);
    const wanted = await writtenBy(t, args, file(`${name}-whole.jsonl`));
    t.is(wanted.length, problems.length);
    t.true(wanted.every(({responses}) => responses.length >= 4));
    const completions = whole.requests.filter(({path: asked}) => asked === '/v1/completions').length;
    await whole.close();

    const output = file(`${name}-died.jsonl`);
    const dying = await fakeLlamaServer({port, diesAt: Math.floor(completions / 2) + 1});
    const broken = await runCliHere([...args, '--seed', '3', '--output', output]);
    await dying.close();
    t.is(broken.code, 1);
    t.regex(
      broken.stderr,
      /problems\.jsonl:\d: http:\S+: the (?:server could not be reached|answer could not be read)/u,
    );
    t.regex(broken.stderr, /lines? (?:is|are) done in .*--resume goes on from there/u);
    const kept = parseLines<Line>(await readFile(output, 'utf8'));
    t.true(kept.length > 0 && kept.length < problems.length);

    const again = await fakeLlamaServer({port});
    t.teardown(again.close);
    const resumed = await writtenBy(t, [...args, '--resume'], output);
    t.deepEqual(resumed.map(texts), wanted.map(texts));
  });
}

test('the same seed has the server write the same, and another seed something else', async t => {
  const fake = await fakeLlamaServer();
  t.teardown(fake.close);
  const run = async (seed: string) =>
    (await runCliHere([...commands.sample(fake.url), '--seed', seed, '--quiet'])).stdout;
  const [first, second, other] = [await run('3'), await run('3'), await run('4')];
  t.is(second, first);
  t.not(other, first);
});

test('a server that is not there, one without the model, and one that scores are told', async t => {
  const nobody = `http://127.0.0.1:${await freePort()}`;
  const fake = await fakeLlamaServer();
  t.teardown(fake.close);
  const told = async (args: string[]) => {
    const {code, stdout, stderr} = await runCliHere([...args, '--quiet']);
    t.deepEqual({code, stdout}, {code: 1, stdout: ''});
    return stderr;
  };
  for (const argsOf of [commands.sample, commands['search by beam']]) {
    t.regex(await told(argsOf(nobody)), /could not be reached: connect ECONNREFUSED/u);
    const wrong = await told([...argsOf(fake.url), '--api-model', 'nope']);
    t.true(wrong.includes(`has no model 'nope'. It has '${fakeLlamaModel}'`), wrong);
  }

  await serving(openBundled(), {}, async ({url}) => {
    t.regex(await told(commands.sample(url)), /“implicit-prm serve”, which scores and writes nothing/u);
  });
});

function texts({responses}: Line): string[] {
  return responses.map(({text}) => text);
}
