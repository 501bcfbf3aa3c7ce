import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {setTimeout} from 'node:timers/promises';
import test from 'ava';
import {hasWorked} from '../../helpers/cpu-time.js';
import {readData} from '../../helpers/golden.js';
import {nearlyEqual} from '../../helpers/nearly-equal.js';
import {arithmeticPair} from '../../helpers/pairs.js';
import {temporaryDirectory} from '../../helpers/temporary-directory.js';
import {ended, parseLines, runCli, startCli} from '../cli-process.js';

const directory = temporaryDirectory();
const input = path.join(directory, 'traces.jsonl');
const traces = readData<{prompt: string; steps: string[]}>('traces.jsonl');
const short = traces.slice(0, 3).map(({prompt, steps}) => ({prompt, steps}));
// Much work, which is sure to be interrupted.
const long = {prompt: 'x', responses: traces.slice(0, 150).map(({steps}) => steps.join('\n\n'))};
writeFileSync(input, [...short, long].map(record => `${JSON.stringify(record)}\n`).join(''));
const {policy, reference} = arithmeticPair();
const scoring = [
  'score',
  input,
  '--policy',
  policy,
  '--reference',
  reference,
  '--gpu',
  'off',
  '--threads',
  '1',
  '--kv-cache-type',
  'f32',
];

/** The lines that are in a file as a whole. */
const linesIn = (file: string) => {
  try {
    return readFileSync(file, 'utf8').split('\n').length - 1;
  } catch {
    return 0;
  }
};

/** The process that a process has started. */
const childOf = (pid: number) =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);

/** Lines of output without what depends on the cache. */
const scoredIn = (text: string): unknown =>
  JSON.parse(
    JSON.stringify(parseLines(text), (name, value: unknown) => (name === 'usage' ? undefined : value)),
  );

(process.platform === 'linux' ? test : test.skip)(
  'an engine that is killed in the middle is told, and the run can be gone on with',
  async t => {
    t.timeout(600_000);
    const output = path.join(directory, 'killed.jsonl');
    const isolated = [...scoring, '--isolate', '--output', output];
    const child = startCli(isolated);
    const result = ended(child);
    while (linesIn(output) < 3 && child.exitCode === null) {
      await setTimeout(5);
    }

    const engine = childOf(child.pid!);
    await hasWorked(engine, 200);
    process.kill(engine, 'SIGKILL');
    const {code, stderr} = await result;
    const done = linesIn(output);
    t.is(code, 1, stderr);
    t.regex(stderr, /traces\.jsonl:\d+: .*SIGKILL/u);
    t.is(done, 3);

    const resumed = await runCli([...isolated, '--resume']);
    t.is(resumed.code, 0, resumed.stderr);
    const undisturbed = await runCli(scoring);
    // What is still in the cache decides over the last digits.
    t.true(nearlyEqual(scoredIn(readFileSync(output, 'utf8')), scoredIn(undisturbed.stdout), 1e-3));
  },
);
