import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {gunzipSync, gzipSync} from 'node:zlib';
import test from 'ava';
import {pairFingerprint} from '../../../lib/eval/scoring/pair-fingerprint.js';
import {ScoreCache} from '../../../lib/eval/scoring/score-cache.js';
import {bundledPair, describeModels} from '../../../lib/index.js';
import {withSmallDisk} from '../../helpers/small-disk.js';
import {temporaryDirectory} from '../../helpers/temporary-directory.js';
import {packageRoot, parseLines, runCli} from '../cli-process.js';
import {runCliHere} from '../run-in-process.js';

const directory = temporaryDirectory();
const inDirectory = (name: string) => path.join(directory, name);
const cache = ['--cache', inDirectory('cache')];
const pair = ['--bundled', '--gpu', 'off', '--threads', '1'];
const options = [...pair, ...cache];
const firstLines = (name: string, count: number) =>
  readFileSync(path.join(packageRoot, 'examples', 'arithmetic', name), 'utf8')
    .split('\n')
    .slice(0, count);
const problems = firstLines('best-of-n.jsonl', 3);
const samples = firstLines('processbench.jsonl', 12);

function written(name: string, content: string | Uint8Array): string {
  const file = inDirectory(name);
  writeFileSync(file, content);
  return file;
}

const toText = (lines: readonly string[]) => lines.map(line => `${line}\n`).join('');
const problemFile = written('problems.jsonl', toText(problems));
const sampleFile = written('samples.jsonl', toText(samples));

async function ok(...args: string[]): Promise<string> {
  const {code, stdout, stderr} = await runCliHere(['eval', ...args]);
  if (code !== 0) {
    throw new Error(stderr);
  }

  return stdout;
}

test.serial('shards are evaluated one by one, merged, and print the tables of the whole', async t => {
  const whole = await ok('processbench', sampleFile, ...options, '--label-steps');
  const array = written('samples.json.gz', gzipSync(JSON.stringify(samples.map(line => JSON.parse(line)))));
  const parts = ['part-1.jsonl', 'part-2.jsonl.gz'].map(inDirectory);
  for (const [index, part] of parts.entries()) {
    const shard = [array, ...options, '--label-steps', '--shard', `${index + 1}/2`, '-o', part];
    const {code, stdout, stderr} = await runCliHere(['eval', 'processbench', ...shard]);
    t.deepEqual([code, stdout], [0, '']);
    t.regex(stderr, /^implicit-prm: 6 samples in .*part-.*: implicit-prm merge puts all shards together/u);
  }

  const merged = inDirectory('merged.jsonl');
  t.is((await runCliHere(['merge', '--quiet', '-o', merged, ...parts])).code, 0);
  t.is((await ok('processbench', '--from-results', merged)).replaceAll(merged, sampleFile), whole);
  t.deepEqual(
    parseLines(readFileSync(merged, 'utf8')).map(({id}) => id),
    samples.map(line => JSON.parse(line).id),
  );

  const part = await runCliHere([
    'eval',
    'processbench',
    '--from-results',
    parts[0]!,
    '--threshold-from',
    merged,
  ]);
  t.is(part.code, 0);
  t.regex(part.stdout, /^6 samples/u);
  t.regex(part.stderr, /part-1\.jsonl is shard 1 of 2 only\n$/u);
  const other = inDirectory('other.jsonl');
  await ok('processbench', sampleFile, ...options, '-o', other);
  const mixed = await runCliHere([
    'eval',
    'processbench',
    '--from-results',
    merged,
    '--threshold-from',
    other,
  ]);
  t.is(mixed.code, 1);
  t.regex(mixed.stderr, /are not of one evaluation: --label-steps was true and is false\n$/u);
  const wrong = await runCliHere(['eval', 'best-of-n', '--from-results', merged]);
  t.regex(wrong.stderr, /merged\.jsonl: it was not written by eval best-of-n --output\n$/u);
});

test.serial('a bad record in a pipe stops the run, which goes on when it is corrected', async t => {
  const whole = await ok('best-of-n', problemFile, ...options);
  const output = inDirectory('resumed.jsonl.gz');
  const args = ['eval', 'best-of-n', '-', ...options, '-o', output];
  const bad = toText([problems[0]!, problems[1]!, '{"prompt": "x"}', problems[2]!]);
  const stopped = await runCli(args, {input: bad});
  t.is(stopped.code, 1);
  t.regex(stopped.stderr, /<stdin>:3: .* \(2 lines are done in .*resumed\.jsonl\.gz, --resume goes on/u);
  const before = readFileSync(output);
  const other = await runCliHere([...args, '--resume', '--without-reference'], {input: toText(problems)});
  t.regex(other.stderr, /: --without-reference was false and is true\n$/u);
  const resumed = await runCliHere([...args, '--resume'], {input: toText(problems)});
  t.deepEqual([resumed.code, resumed.stderr], [0, '']);
  t.is(resumed.stdout, whole.replace(/ \(models run for \d+\)/u, ' (models run for 0)'));
  t.true(readFileSync(output).subarray(0, before.length).equals(before));
  t.is(parseLines(gunzipSync(readFileSync(output)).toString()).length, 3);
});

test.serial('--keep-going does not take what is wrong with the pair for bad records', async t => {
  const output = inDirectory('pair.jsonl');
  const args = [problemFile, ...pair, '--no-cache', '--beta', '1', '--keep-going', '-o', output];
  const wrong = await runCliHere(['eval', 'best-of-n', ...args, '--context-size', '4000']);
  t.is(wrong.code, 1);
  t.regex(wrong.stderr, /contextSize is 4000/u);
  t.is(readFileSync(output, 'utf8'), '');
});

test.serial('--keep-going leaves bad records out, and ends with code 3', async t => {
  const input = toText([problems[0]!, '{', problems[1]!, '', '{"prompt": "x"}', problems[2]!]);
  const output = inDirectory('kept.jsonl');
  const args = ['eval', 'best-of-n', written('bad.jsonl', input), ...options, '--json'];
  const results: Record<string, unknown>[] = [];
  for (const more of [[], ['-o', output]]) {
    const {code, stdout, stderr} = await runCliHere([...args, '--keep-going', ...more]);
    t.is(code, 3);
    t.regex(stderr, /bad\.jsonl:2: .*; skipped\n.*bad\.jsonl:5: .*; skipped\n.*2 of 5 problems could not/u);
    results.push(JSON.parse(stdout));
  }

  t.deepEqual(results[0], results[1]);
  t.is(results[0]!.skipped, 2);
  const {
    file: _file,
    scored: _scored,
    skipped: _skipped,
    ...wanted
  } = JSON.parse(await ok('best-of-n', problemFile, ...options, '--json'));
  t.like(results[0], wanted);
  t.deepEqual(
    parseLines(readFileSync(output, 'utf8')).map(line => line.line),
    [undefined, 2, undefined, 5, undefined],
  );
  const none = await runCliHere(['eval', 'best-of-n', '-', ...options, '--keep-going'], {input: '{\n'});
  t.is(none.code, 1);
  t.regex(none.stderr, /no problem of <stdin> could be scored\n$/u);
});

test.serial('responses that have not come to their ends are scored as such', async t => {
  const line = JSON.parse(problems[0]!);
  const cut = (complete: (index: number) => boolean | undefined, whole?: boolean) =>
    JSON.stringify({
      ...line,
      complete: whole,
      responses: line.responses.map((response: object, index: number) => ({
        ...response,
        complete: complete(index),
      })),
    });
  const lines = [cut(() => false), cut(() => undefined, false), cut(index => index % 2 === 0, false)];
  const output = inDirectory('cut.jsonl');
  await ok('best-of-n', written('cut-in.jsonl', toText(lines)), ...options, '-o', output);
  interface Result {
    responses: {steps: {q: number}[]}[];
  }
  const [all, byLine, half] = parseLines<Result>(readFileSync(output, 'utf8')) as [Result, Result, Result];
  t.deepEqual(byLine, all);
  const flagged = inDirectory('flagged.jsonl');
  await ok('best-of-n', problemFile, ...options, '--incomplete', '-o', flagged);
  t.deepEqual(parseLines<Result>(readFileSync(flagged, 'utf8'))[0], all);
  const ended = inDirectory('ended.jsonl');
  await ok('best-of-n', problemFile, ...options, '-o', ended);
  const whole = parseLines<Result>(readFileSync(ended, 'utf8'))[0]!;
  t.deepEqual(
    half.responses,
    whole.responses.map((response, index) => (index % 2 === 0 ? response : all.responses[index]!)),
  );
  t.notDeepEqual(whole, all);
});

test.serial('without the reference all rewards are those of the policy', async t => {
  const [whole, alone] = [
    JSON.parse(await ok('best-of-n', problemFile, ...options, '--json')),
    JSON.parse(await ok('best-of-n', problemFile, ...options, '--json', '--without-reference')),
  ];
  t.is(alone.scored, 0);
  t.deepEqual(alone.accuracy.min, whole.accuracy.withoutReferenceMin);
  t.deepEqual(alone.accuracy.sum, whole.accuracy.withoutReferenceSum);
  t.is(alone.accuracy.withoutReferenceMin, undefined);
  t.regex(
    await ok('best-of-n', problemFile, ...options, '--without-reference'),
    /β = 1, without the reference\n/u,
  );
});

test.serial('a second evaluation beside another one goes on and keeps what it finds', async t => {
  const folder = inDirectory('shared');
  const bundled = bundledPair();
  const {chatTemplate} = (await describeModels([bundled.policy])).models[0]!;
  const first = await ScoreCache.open(folder, await pairFingerprint({...bundled, chatTemplate}));
  const few = written('few.jsonl', toText(samples.slice(0, 2)));
  const args = ['eval', 'processbench', few, ...pair, '--cache', folder, '--threshold', '0.5', '--json'];
  try {
    const beside = await runCliHere(args);
    t.is(beside.code, 0);
    t.regex(beside.stderr, /^implicit-prm: another evaluation of this pair is running/u);
    t.is(JSON.parse(beside.stdout).scored, 2);
  } finally {
    await first.close();
  }

  const after = await runCliHere(args);
  t.is(after.stderr, '');
  t.is(JSON.parse(after.stdout).scored, 0);
});

test.serial('a full disk loses the record being written only, and says so', async t => {
  await withSmallDisk(t, 'eval', 24, async disk => {
    const output = path.join(disk, 'out.jsonl');
    const full = await runCliHere(['eval', 'best-of-n', problemFile, ...options, '-o', output]);
    t.is(full.code, 1);
    t.regex(
      full.stderr,
      /cannot write .*out\.jsonl: no space left on device \(\d lines? (?:is|are) done in .*--resume/u,
    );
    t.is(String(parseLines(readFileSync(output, 'utf8')).length), full.stderr.match(/\((\d)/u)![1]!);
    t.false(existsSync(`${output}.lock`));
    const {stdout, stderr} = await runCliHere(['eval', 'best-of-n', '--from-results', output]);
    t.regex(stderr, /out\.jsonl is not finished: \d problems? done/u);
    t.regex(stdout, /^\d problems?, /u);
  });
});

test('what cannot be read is told with its place', async t => {
  const cut = written('cut.jsonl.gz', gzipSync(toText(problems)).subarray(0, -9));
  const cases: [string[], RegExp][] = [
    [['best-of-n', cut, ...options], /cut\.jsonl\.gz:\d+: .*unexpected end of file\n$/u],
    [['best-of-n', '--from-results', inDirectory('typo.jsonl')], /cannot read .*typo\.jsonl: no such file/u],
    [['best-of-n', '--from-results', problemFile], /there is no .*problems\.jsonl\.run\.json to tell/u],
    [
      ['best-of-n', problemFile, ...options, '-o', path.join(inDirectory('nowhere'), 'x')],
      /cannot write .*: no such file or directory\n$/u,
    ],
    [['best-of-n', problemFile, ...options, '-o', problemFile], /it is the file that is read\n$/u],
  ];
  for (const [args, message] of cases) {
    const {code, stdout, stderr} = await runCliHere(['eval', ...args]);
    t.deepEqual([code, stdout], [1, '']);
    t.regex(stderr, message);
  }
});

test('wrong combinations are a wrong use, with exit code 2', async t => {
  const cases: [string[], RegExp][] = [
    [['best-of-n'], /missing required argument 'file' \(or use --from-results\)/u],
    [['best-of-n', problemFile, '--from-results', 'x'], /cannot be used with a data set/u],
    [['best-of-n', '--from-results', 'x', '--bundled'], /cannot be used with option '--bundled'/u],
    [['best-of-n', '--from-results', 'x', '--split', 'line'], /cannot be used with option '--split/u],
    [['best-of-n', problemFile, ...pair, '--shard', '1/2'], /'--shard' needs a file to write/u],
    [['best-of-n', problemFile, ...pair, '-o', '-'], /'--output' needs a file: the tables go to stdout/u],
    [
      ['processbench', sampleFile, ...pair, '--shard', '1/2', '-o', 'x', '--threshold-from', 'y'],
      /'--threshold-from <file>' cannot be used with option '--shard/u,
    ],
  ];
  for (const [args, message] of cases) {
    const {code, stderr} = await runCliHere(['eval', ...args]);
    t.is(code, 2, args.join(' '));
    t.regex(stderr, message);
  }
});
