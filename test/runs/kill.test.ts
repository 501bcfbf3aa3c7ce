import {once} from 'node:events';
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import {gunzipSync, gzipSync} from 'node:zlib';
import test, {type ExecutionContext} from 'ava';
import {seededRandom} from '../../lib/utils/seeded-random.js';
import {makeProblems} from '../../scripts/arithmetic/problems.js';
import {ended, parseLines, runCli, startCli} from '../cli/cli-process.js';
import {readData, type Trace} from '../helpers/golden.js';
import {nearlyEqual} from '../helpers/nearly-equal.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';

// What is in the cache changes the last digits of a log-probability, and a new process has an empty cache: with a cache
// of F32, rewards differed by up to 1.3e-5.
const tolerance = 1e-3;
const directory = temporaryDirectory();
const traces = readData<Trace>('traces.jsonl').slice(0, 40);
const lines = traces.map((trace, index) => JSON.stringify({...trace, index}));

// Blank lines are skipped, and bad ones recorded: neither may make a resumed run lose count.
lines.splice(7, 0, '', 'no JSON');
lines.splice(30, 0, '{"prompt": "x"}', ' ', '');

const samples = traces.slice(0, 16).map(({prompt: problem, steps, label}) => ({problem, steps, label}));
samples.splice(5, 0, {problem: 'x', steps: [], label: -1});

const problems = makeProblems({count: 8, seed: 6}).map(problem => JSON.stringify(problem));
problems.splice(4, 0, '', '{"prompt": 3}');

interface Series {
  kills: number;
  command: string[];
  input: string;
  content: string | Uint8Array;
  output: string;
}

// Of runs that have written lines; some come before that. IPRM_KILLS=25 is for those who changed what survives them.
const kills = Number(process.env.IPRM_KILLS ?? 4);
const text = `${lines.join('\n')}\n`;
const evaluation = ['eval', 'processbench', '--threshold', '0.5', '--no-cache'];
const allSeries: Series[] = [
  {kills, command: ['score'], input: 'in.jsonl', content: text, output: 'out.jsonl'},
  {kills, command: ['score'], input: 'in.jsonl.gz', content: gzipSync(text), output: 'out.jsonl.gz'},
  {
    kills: Math.ceil(kills / 3),
    command: evaluation,
    input: 'in.json',
    content: JSON.stringify(samples, null, 2),
    output: 'eval.jsonl',
  },
  {
    kills: Math.ceil(kills / 2),
    command: ['search', '--method', 'beam', '--count', '2', '--beam-width', '2', '--seed', '9'],
    input: 'problems.jsonl',
    content: `${problems.join('\n')}\n`,
    output: 'found.jsonl',
  },
];

for (const {kills, command, input: inputName, content, output: outputName} of allSeries) {
  test(`${kills} kills at any moment change nothing: ${command[0]}, ${outputName}`, async t => {
    t.timeout(60_000 + 12_000 * kills);
    const random = seededRandom(outputName.length);
    const input = path.join(directory, inputName);
    writeFileSync(input, content);
    const wanted = path.join(directory, `undisturbed-${outputName}`);
    const undisturbed = await runCli(args(command, input, wanted));
    t.is(undisturbed.code, 3, undisturbed.stderr);
    const output = path.join(directory, outputName);
    const argv = args(command, input, output);
    let killed = 0;
    let whileWriting = 0;
    let finished = 0;
    while (whileWriting < kills || finished === 0) {
      const before = readSize(output);
      const outcome =
        whileWriting < kills ? await killSometime(argv, output, random) : await runToEnd(t, argv);
      if (outcome === 'killed') {
        killed++;
        whileWriting += readSize(output) > before ? 1 : 0;
        tearSometimes(output, random);
        continue;
      }

      t.is(outcome, 3);
      finished++;
      compare(t, output, wanted);
      removeRun(output);
    }

    t.log(
      `${killed} kills, ${whileWriting} of them after lines were written; ${finished} runs came to their end`,
    );
  });
}

function args(command: string[], input: string, output: string): string[] {
  const options = ['--bundled', '--gpu', 'off', '--threads', '1', '--kv-cache-type', 'f32', '--quiet'];
  return [...command, ...options, '--keep-going', '--resume', '--output', output, input];
}

/** One time in four at any moment from the start, else soon after lines were written. */
async function killSometime(
  argv: string[],
  output: string,
  random: () => number,
): Promise<'killed' | number | null> {
  const child = startCli(argv);
  const exit = once(child, 'exit');
  const before = readSize(output);
  if (random() < 0.25) {
    await Promise.race([sleep(random() * 600), exit]);
  } else {
    while (readSize(output) <= before && child.exitCode === null) {
      await sleep(2);
    }

    await Promise.race([sleep(random() * 80), exit]);
  }

  child.kill('SIGKILL');
  const [code, signal] = await exit;
  return signal === 'SIGKILL' ? 'killed' : code;
}

async function runToEnd(t: ExecutionContext, argv: string[]): Promise<number | null> {
  const {code, stderr} = await ended(startCli(argv));
  t.log(stderr);
  return code;
}

/** Lines are short, so a kill hardly ever falls between their first byte and their last: this is what it would leave. */
function tearSometimes(output: string, random: () => number): void {
  const size = readSize(output);
  if (size > 0 && random() < 0.5) {
    const start = readFileSync(output).subarray(0, 1 + Math.floor(random() * 200));
    const feed = start.indexOf(0x0a);
    appendFileSync(output, output.endsWith('.gz') || feed === -1 ? start : start.subarray(0, feed));
  }
}

function compare(t: ExecutionContext, output: string, wanted: string): void {
  const [got, reference] = [output, wanted].map(file => parseLines(textOf(file))) as [unknown[], unknown[]];
  t.is(got.length, reference.length);
  for (const [index, value] of reference.entries()) {
    t.true(nearlyEqual(withoutCost(got[index]), withoutCost(value), tolerance), `line ${index + 1}`);
  }

  t.is(readFileSync(`${output}.run.json`, 'utf8'), readFileSync(`${wanted}.run.json`, 'utf8'));
  const others = readdirSync(directory).filter(name => name.startsWith(`${path.basename(output)}.`));
  t.false(others.includes(`${path.basename(output)}.lock`));
}

/** What had to be evaluated depends on what was in a cache. */
function withoutCost(line: unknown): unknown {
  const {usage, ...rest} = line as {usage?: {generated?: number}};
  return {...rest, generated: usage?.generated};
}

function textOf(file: string): string {
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
}

function readSize(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
}

function removeRun(output: string): void {
  rmSync(output);
  rmSync(`${output}.run.json`);
}
