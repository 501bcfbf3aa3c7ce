import {existsSync, readFileSync, renameSync, truncateSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {gunzipSync, gzipSync} from 'node:zlib';
import test from 'ava';
import {readData, type Trace} from '../../helpers/golden.js';
import {nearlyEqual} from '../../helpers/nearly-equal.js';
import {withSmallDisk} from '../../helpers/small-disk.js';
import {temporaryDirectory} from '../../helpers/temporary-directory.js';
import {ended, parseLines, runCli, startCli} from '../cli-process.js';
import {runCliHere} from '../run-in-process.js';

const directory = temporaryDirectory();
const inDirectory = (name: string) => path.join(directory, name);
const bundled = ['score', '--bundled', '--gpu', 'off', '--threads', '1'];
const tolerance = 5e-3;
const traces = readData<Trace>('traces.jsonl').slice(0, 5);
const jsonLines = (...values: unknown[]) => values.map(value => `${JSON.stringify(value)}\n`).join('');
const good = jsonLines(...traces);
const bad = '{"prompt": "x"}\n';

const whole = runCli(bundled, {input: good});

function written(name: string, content: string | Uint8Array): string {
  const file = inDirectory(name);
  writeFileSync(file, content);
  return file;
}

async function isWhole(text: string): Promise<boolean> {
  return nearlyEqual(parseLines(text), parseLines((await whole).stdout), tolerance);
}

test('a run that a bad line stopped loses nothing, and goes on when the line is corrected', async t => {
  const output = inDirectory('stopped.jsonl');
  const input = jsonLines(...traces.slice(0, 3));
  const args = [...bundled, '--output', output];
  const file = written('stopped-in.jsonl', input + bad);
  const stopped = await runCli([...args, file]);
  t.is(stopped.code, 1);
  t.regex(
    stopped.stderr,
    /stopped-in\.jsonl:4: .* \(3 lines are done in .*stopped\.jsonl, --resume goes on/u,
  );
  const before = readFileSync(output, 'utf8');
  t.is(parseLines(before).length, 3);

  const again = await runCliHere([...args, file]);
  t.is(again.code, 1);
  t.regex(again.stderr, /stopped\.jsonl: it is not empty; --resume goes on with it/u);
  const other = await runCliHere([...args, '--resume', '--aggregate', 'sum', '--beta', '2', file]);
  t.is(other.code, 1);
  t.regex(other.stderr, /: --beta was 1 and is 2, --aggregate was min and is sum\n$/u);
  t.is(readFileSync(output, 'utf8'), before);

  writeFileSync(file, good);
  const resumed = await runCliHere([...args, '--resume', file]);
  t.deepEqual(resumed, {code: 0, stdout: '', stderr: ''});
  t.true(readFileSync(output, 'utf8').startsWith(before));
  t.true(await isWhole(readFileSync(output, 'utf8')));

  const nothing = await runCliHere([...args, '--resume', file]);
  t.is(nothing.code, 0);
  t.regex(nothing.stderr, /has no lines left to score: all are done/u);
});

test('--keep-going puts an error in place of a result, and ends with code 3', async t => {
  const input = `${jsonLines(traces[0])}\n{"prompt": "\u009B\n${bad}${jsonLines(...traces.slice(1))}`;
  const {code, stdout, stderr} = await runCliHere([...bundled, '--keep-going'], {input});
  t.is(code, 3);
  const [first, ...rest] = parseLines(stdout);
  const errors = rest.splice(0, 2);
  t.deepEqual(
    errors.map(line => Object.keys(line)),
    [
      ['line', 'error'],
      ['line', 'error'],
    ],
  );
  t.deepEqual(
    errors.map(({line}) => line),
    [3, 4],
  );
  t.true(await isWhole(jsonLines(first, ...rest)));
  const messages = stderr.trimEnd().split('\n');
  t.is(messages.length, 3);
  t.regex(messages[0]!, /^implicit-prm: <stdin>:3: The line is no valid JSON.*; skipped$/u);
  t.regex(messages[1]!, /^implicit-prm: <stdin>:4: .*; skipped$/u);
  t.is(messages[2], 'implicit-prm: 2 of 7 lines could not be scored');
});

test('shards are scored by array jobs and merged in the order of the input, compressed or not', async t => {
  const input = written(
    'shards-in.jsonl.gz',
    Buffer.concat([gzipSync(good.slice(0, 700)), gzipSync(good.slice(700))]),
  );
  const environments = [
    {JOB_COMPLETION_INDEX: '0', JOB_COMPLETIONS: '2'},
    {SLURM_ARRAY_TASK_ID: '8', SLURM_ARRAY_TASK_MIN: '7', SLURM_ARRAY_TASK_COUNT: '2'},
  ];
  const parts = [inDirectory('part-1.jsonl'), inDirectory('part-2.jsonl.gz')];
  for (const [index, env] of environments.entries()) {
    const part = await runCliHere([...bundled, '--shard', 'auto', '--output', parts[index]!, input], {env});
    t.deepEqual(part, {code: 0, stdout: '', stderr: ''});
  }

  t.is(parseLines(readFileSync(parts[0]!, 'utf8')).length, 3);
  const output = inDirectory('merged.jsonl.gz');
  const merged = await runCliHere(['merge', '-o', output, parts[1]!, parts[0]!]);
  t.deepEqual([merged.code, merged.stdout], [0, '']);
  t.regex(merged.stderr, /^implicit-prm: 5 lines are in .*merged\.jsonl\.gz\n$/u);
  t.true(await isWhole(gunzipSync(readFileSync(output)).toString()));
  const again = await runCliHere(['merge', '-o', output, ...parts]);
  t.is(again.code, 1);
  t.regex(again.stderr, /merged\.jsonl\.gz: it is not empty; --overwrite replaces it\n$/u);
  t.regex(
    (await runCliHere(['merge', '-o', parts[0]!, '--overwrite', ...parts])).stderr,
    /it is one of the parts\n$/u,
  );
  t.is((await runCliHere(['merge', '-o', output, '--overwrite', '--quiet', ...parts])).stderr, '');
  t.regex(
    (await runCliHere(['merge', '-o', output, '--overwrite', parts[0]!])).stderr,
    /one is missing: 2\/2\n$/u,
  );
});

test('a full disk loses the line being written only, and the run goes on when there is room', async t => {
  await withSmallDisk(t, 'score', 32, async disk => {
    const [input, output] = [written('full-in.jsonl', good.repeat(12)), path.join(disk, 'out.jsonl')];
    const args = [...bundled, '--output', output, input];
    const full = await runCli(args);
    t.is(full.code, 1);
    t.regex(
      full.stderr,
      /cannot write .*out\.jsonl.*: no space left on device \(\d+ lines? (?:is|are) done/u,
    );
    const before = readFileSync(output, 'utf8');
    const {length} = parseLines(before);
    t.true(length > 3 && length < 60, String(length));
    t.is(full.stderr.match(/\((\d+) line/u)?.[1], String(length));
    t.false(existsSync(`${output}.lock`));
    truncateSync(path.join(disk, 'ballast'), 0);
    const resumed = await runCliHere([...args, '--resume']);
    t.is(resumed.code, 1);
    const after = readFileSync(output, 'utf8');
    t.true(after.startsWith(before));
    t.true(parseLines(after).length > length);
  });
});

test('Ctrl-C tells what is done, and the run goes on from there', async t => {
  const [input, output] = [written('stop-in.jsonl', good.repeat(8)), inDirectory('stop.jsonl')];
  const child = startCli([...bundled, '--output', output, input]);
  const result = ended(child);
  while (!existsSync(output) || readFileSync(output, 'utf8') === '') {
    await sleep(5);
  }

  child.kill('SIGINT');
  const {code, stderr} = await result;
  t.is(code, 130);
  t.regex(
    stderr,
    /^implicit-prm: stopped; \d+ lines? (?:is|are) done in .*stop\.jsonl, --resume goes on from there\n$/u,
  );
  const before = readFileSync(output, 'utf8');
  t.is((await runCliHere([...bundled, '--output', output, '--resume', input])).code, 0);
  const after = readFileSync(output, 'utf8');
  t.true(after.startsWith(before));
  t.is(parseLines(after).length, 40);
});

test('two processes do not write one file', async t => {
  const output = inDirectory('both.jsonl');
  const child = startCli([...bundled, '--output', output, '--resume']);
  const result = ended(child);
  child.stdin.write(jsonLines(traces[0]));
  while (!existsSync(output) || readFileSync(output, 'utf8') === '') {
    await sleep(5);
  }

  const second = await runCliHere([...bundled, '--output', output, '--resume'], {input: good});
  t.is(second.code, 1);
  t.regex(
    second.stderr,
    new RegExp(`cannot write .*both\\.jsonl: process ${child.pid} on .* is writing it`, 'u'),
  );
  child.stdin.end(jsonLines(...traces.slice(1)));
  t.is((await result).code, 0);
  t.true(await isWhole(readFileSync(output, 'utf8')));
});

test('an output that is removed during a run is told, not said to be done', async t => {
  const [output, elsewhere] = [inDirectory('removed.jsonl'), inDirectory('elsewhere.jsonl')];
  const child = startCli([...bundled, '--output', output]);
  const result = ended(child);
  child.stdin.write(jsonLines(traces[0]));
  while (!existsSync(output) || readFileSync(output, 'utf8') === '') {
    await sleep(5);
  }

  renameSync(output, elsewhere);
  child.kill('SIGTERM');
  const {code, stderr} = await result;
  t.is(code, 143);
  t.regex(stderr, /^implicit-prm: stopped; cannot write .*removed\.jsonl: it was removed or renamed during/u);
  t.is(parseLines(readFileSync(elsewhere, 'utf8')).length, 1);
});

test('--resume leaves alone what is no output of its run, or has lost lines', async t => {
  const foreign = written('foreign.json', '{"precious": true}');
  const other = await runCliHere([...bundled, '--output', foreign, '--resume'], {input: good});
  t.is(other.code, 1);
  t.regex(other.stderr, /there is no .*foreign\.json\.run\.json/u);
  t.is(readFileSync(foreign, 'utf8'), '{"precious": true}');

  const own = inDirectory('stripped.jsonl');
  const input = jsonLines(...traces.slice(0, 2));
  await runCliHere([...bundled, '--output', own], {input});
  const stripped = readFileSync(own, 'utf8').trimEnd();
  writeFileSync(own, stripped);
  const resumed = await runCliHere([...bundled, '--output', own, '--resume'], {input});
  t.is(resumed.code, 1);
  t.regex(resumed.stderr, /2 lines were written, but it has 1/u);
  t.is(readFileSync(own, 'utf8'), stripped);
});

test('what cannot be resumed is written as before', async t => {
  const device = await runCliHere([...bundled, '--output', '/dev/null'], {input: jsonLines(traces[0])});
  t.deepEqual(device, {code: 0, stdout: '', stderr: ''});
  t.false(existsSync('/dev/null.run.json'));
  // Only Linux has it.
  if (existsSync('/dev/full')) {
    const full = await runCliHere([...bundled, '--output', '/dev/full'], {input: jsonLines(traces[0])});
    t.is(full.code, 1);
    t.is(full.stderr, 'implicit-prm: cannot write /dev/full: no space left on device\n');
  }

  const resumed = await runCliHere([...bundled, '--output', '/dev/null', '--resume'], {input: good});
  t.regex(resumed.stderr, /what is no file cannot be resumed/u);
});

test('compressed input that is cut or is none is an error with its place', async t => {
  const cut = await runCliHere([...bundled, written('cut.jsonl.gz', gzipSync(good).subarray(0, -9))]);
  t.is(cut.code, 1);
  t.regex(cut.stderr, /cut\.jsonl\.gz:\d+: .*unexpected end of file\n$/u);
  const plain = await runCliHere([...bundled, written('plain.jsonl.gz', good)]);
  t.is(plain.code, 1);
  t.regex(plain.stderr, /plain\.jsonl\.gz:1: .*incorrect header check\n$/u);
  t.is((await runCliHere([...bundled, written('empty.jsonl.gz', '')])).code, 0);
});

const wrongUses: [string, string[], RegExp][] = [
  ['--resume without a file', ['--resume'], /'--resume' needs a file to write/u],
  ['--shard without a file', ['--shard', '1/2', '--output', '-'], /'--shard' needs a file to write/u],
  ['--resume with --overwrite', ['--resume', '--overwrite', '--output', 'x'], /cannot be used with/u],
  ['a shard out of range', ['--shard', '3/2'], /from 1 to n/u],
  ['--shard auto outside of an array', ['--shard', 'auto'], /Neither SLURM_ARRAY_TASK_ID/u],
];
for (const [what, args, message] of wrongUses) {
  test(`${what} is a wrong use, with exit code 2`, async t => {
    const {code, stderr} = await runCliHere([...bundled, ...args]);
    t.is(code, 2);
    t.regex(stderr, message);
  });
}

test('merge without an output is a wrong use, with exit code 2', async t => {
  t.is((await runCliHere(['merge', 'x'])).code, 2);
});
