import {appendFileSync, existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {gunzipSync, gzipSync} from 'node:zlib';
import test from 'ava';
import {DurableLines} from '../../lib/runs/files/durable-lines.js';
import {mergeRuns} from '../../lib/runs/merge.js';
import type {Shard} from '../../lib/runs/record.js';
import {ResumeError, Run} from '../../lib/runs/run.js';
import {isSkippedLine, skippedLine} from '../../lib/runs/skipped-line.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';

const directory = temporaryDirectory();
const inDirectory = (name: string) => path.join(directory, name);
const identity = {policy: 'p', reference: null, '--beta': 0.05, '--split': 'line'};
const signal = new AbortController().signal;

interface Wanted {
  identity?: Record<string, string | number | null>;
  shard?: Shard | null;
  /** How many lines to do before it is stopped in good order. */
  atMost?: number;
}

/** Does with every line of the input what a command does, and returns the text of the output. */
async function work(output: string, input: string[], wanted: Wanted = {}): Promise<string> {
  const lines = await DurableLines.open(output);
  try {
    const {size} = lines;
    const run = await Run.resume(output, {identity, shard: null, ...wanted}, {size, whole: size});
    let left = wanted.atMost ?? Number.POSITIVE_INFINITY;
    for (const line of input) {
      if (!run.take(Buffer.from(line))) {
        continue;
      }

      if (left-- === 0) {
        await run.record();
        return textOf(output);
      }

      const skipped = line === 'bad';
      await lines.append(skipped ? skippedLine({line: 1, error: 'bad'}) : `done ${line}`);
      await run.wrote({skipped});
    }

    await run.finish();
    return textOf(output);
  } finally {
    await lines.close();
  }
}

function textOf(file: string): string {
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') && bytes.length > 0 ? gunzipSync(bytes) : bytes).toString();
}

const refused = {instanceOf: ResumeError};

test('a run goes on where its output ends, however often it was stopped', async t => {
  const output = inDirectory('often.jsonl');
  const input = ['a', 'bad', 'b', 'c', 'bad', 'd'];
  for (let round = 0; round <= input.length; round++) {
    await work(output, input, {atMost: 1});
  }

  t.is(await work(output, input), await work(inDirectory('once.jsonl'), input));
  t.is(readFileSync(`${output}.run.json`, 'utf8'), readFileSync(inDirectory('once.jsonl.run.json'), 'utf8'));
});

test('a run that is finished has nothing left, and goes on if the input has grown', async t => {
  const output = inDirectory('grown.jsonl');
  t.is(await work(output, ['a']), 'done a\n');
  t.is(await work(output, ['a']), 'done a\n');
  t.is(await work(output, ['a', 'b']), 'done a\ndone b\n');
});

test('a line that is not done may be corrected, one that is done may not', async t => {
  const output = inDirectory('corrected.jsonl');
  await work(output, ['a', 'b', 'wrong'], {atMost: 2});
  await t.throwsAsync(work(output, ['a', 'other', 'c']), {
    ...refused,
    message: /first 2 lines of the input/u,
  });
  await t.throwsAsync(work(output, ['a']), {...refused, message: /fewer lines than are done/u});
  t.is(await work(output, ['a', 'b', 'right']), 'done a\ndone b\ndone right\n');
});

test('a run with other models or options is refused, and told what differs', async t => {
  const output = inDirectory('options.jsonl');
  await work(output, ['a', 'b'], {atMost: 1});
  const cases: [Wanted, RegExp][] = [
    [{identity: {...identity, policy: 'q'}}, /: the policy is another one$/u],
    [{identity: {...identity, reference: 'r'}}, /: there was no reference$/u],
    [{identity: {...identity, policy: null}}, /: there was a policy$/u],
    [
      {identity: {...identity, '--beta': 1, '--split': 'x'}},
      /: --beta was 0\.05 and is 1, --split was line and is x$/u,
    ],
    [{shard: {index: 1, count: 2}}, /: --shard was none and is 1\/2$/u],
  ];
  for (const [wanted, message] of cases) {
    await t.throwsAsync(work(output, ['a', 'b'], wanted), {...refused, message});
  }

  t.is(textOf(output), 'done a\n');
});

test('an output without its record, or with fewer lines than that knows of, is refused', async t => {
  const output = inDirectory('record.jsonl');
  await work(output, ['a', 'b']);
  writeFileSync(output, 'done a\n');
  await t.throwsAsync(work(output, ['a', 'b']), {...refused, message: /2 lines were written, but it has 1/u});
  writeFileSync(`${output}.run.json`, '{"format": 7}');
  await t.throwsAsync(work(output, ['a', 'b']), {message: /run\.json: it is no record of a run/u});
  rmSync(`${output}.run.json`);
  await t.throwsAsync(work(output, ['a', 'b']), {
    ...refused,
    message: /there is no .*record\.jsonl\.run\.json/u,
  });
});

test('an output in which nothing is done is begun anew, whatever it was', async t => {
  const output = inDirectory('anew.jsonl');
  await work(output, ['a'], {atMost: 0});
  t.is(await work(output, ['b'], {identity: {}}), 'done b\n');
});

test.serial('the record is written once a second, though somebody sets the clock back', async t => {
  const output = inDirectory('clock.jsonl');
  writeFileSync(output, '');
  const recorded = () => JSON.parse(readFileSync(`${output}.run.json`, 'utf8')).done.lines;
  const clocks = {now: Date.now, monotonic: performance.now};
  let elapsed = 5000;
  performance.now = () => elapsed;
  try {
    const run = await Run.begin(output, {identity, shard: null});
    const done = async (line: string) => {
      run.take(Buffer.from(line));
      await run.wrote({skipped: false});
      return recorded();
    };
    t.is(await done('a'), 1);
    elapsed += 900;
    t.is(await done('b'), 1);
    Date.now = () => clocks.now() - 7_200_000;
    elapsed += 200;
    t.is(await done('c'), 3);
  } finally {
    Date.now = clocks.now;
    performance.now = clocks.monotonic;
  }
});

test('lines that a killed process wrote after its last record are taken over', async t => {
  const output = inDirectory('after.jsonl');
  await work(output, ['a', 'b', 'c'], {atMost: 1});
  appendFileSync(output, 'done b\n');
  t.is(await work(output, ['a', 'b', 'c']), 'done a\ndone b\ndone c\n');
});

for (const kind of ['jsonl', 'jsonl.gz']) {
  for (const [count, length] of [
    [1, 3],
    [2, 5],
    [3, 6],
    [5, 3],
    [3, 0],
  ] as const) {
    test(`${count} shards of ${length} lines are merged in the order of the input: ${kind}`, async t => {
      const input = Array.from({length}, (_, index) => (index === 1 ? 'bad' : `line ${index}`));
      const parts: string[] = [];
      for (let index = count; index >= 1; index--) {
        const part = inDirectory(`${count}-${length}-${index}.${kind}`);
        await work(part, input, {shard: {index, count}, atMost: 1});
        await work(part, input, {shard: {index, count}});
        parts.push(part);
      }

      const [merged, whole] = [
        inDirectory(`${count}-${length}.${kind}`),
        inDirectory(`whole-${count}-${length}.jsonl`),
      ];
      t.deepEqual(await mergeRuns(merged, parts, signal), {lines: length, skipped: length > 1 ? 1 : 0});
      t.is(textOf(merged), await work(whole, input));
      t.is(readFileSync(`${merged}.run.json`, 'utf8'), readFileSync(`${whole}.run.json`, 'utf8'));
    });
  }
}

test('what is not all of one run is not merged', async t => {
  const input = ['a', 'b', 'c', 'd', 'e'];
  const part = async (name: string, index: number, wanted: Wanted = {}, lines = input) => {
    const file = inDirectory(`${name}.jsonl`);
    await work(file, lines, {shard: {index, count: 3}, ...wanted});
    return file;
  };
  const [one, two, three] = [await part('m1', 1), await part('m2', 2), await part('m3', 3)] as const;
  const cases: [string[], RegExp][] = [
    [[one, three], /one is missing: 2\/3$/u],
    [[one], /some are missing: 2\/3, 3\/3$/u],
    [[one, two, three, two], /m2\.jsonl and .*m2\.jsonl are the same shard/u],
    [[one, two, await part('stopped', 3, {atMost: 0})], /stopped\.jsonl: it is not finished/u],
    [
      [one, two, await part('beta', 3, {identity: {...identity, '--beta': 1}})],
      /--beta was 0\.05 and is 1$/u,
    ],
    [[one, two, await part('input', 3, {}, ['a', 'b', 'c', 'd', 'x'])], /one run: the input is another$/u],
    [[one, two, await part('count', 3, {shard: {index: 3, count: 4}})], /the number of shards is another$/u],
    [[one, two, inDirectory('nope.jsonl')], /there is no .*nope\.jsonl\.run\.json/u],
  ];
  const merged = inDirectory('unmerged.jsonl');
  for (const [parts, message] of cases) {
    await t.throwsAsync(mergeRuns(merged, parts, signal), {message});
  }

  appendFileSync(two, 'more\n');
  await t.throwsAsync(mergeRuns(merged, [one, two, three], signal), {
    message: /m2\.jsonl has more lines than/u,
  });
  writeFileSync(two, 'done b\n');
  await t.throwsAsync(mergeRuns(merged, [one, two, three], signal), {
    message: /m2\.jsonl has fewer lines than/u,
  });
  t.false(existsSync(merged));
});

test('a part whose gzip is damaged is told', async t => {
  const part = inDirectory('damaged.jsonl.gz');
  await work(part, ['a', 'b']);
  writeFileSync(part, gzipSync('done a\ndone b\n').subarray(0, -3));
  await t.throwsAsync(mergeRuns(inDirectory('x.jsonl'), [part], signal), {
    message: /cannot read .*damaged\.jsonl\.gz: unexpected end of file/u,
  });
});

test('a result is not taken for a skipped line', t => {
  const isSkipped = (text: string) => isSkippedLine(Buffer.from(text));
  t.true(isSkipped(skippedLine({line: 3, error: 'é'})));
  t.false(isSkipped('{"line":3,"error":"x","steps":[]}'));
  t.false(isSkipped('{"line":3}'));
  t.false(isSkipped('{"line":3,"err'));
});
