import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {appendFileSync, existsSync, readFileSync, truncateSync, utimesSync, writeFileSync} from 'node:fs';
import {hostname} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {gunzipSync, gzipSync} from 'node:zlib';
import test from 'ava';
import {DurableLines} from '../../../lib/runs/files/durable-lines.js';
import {withSmallDisk} from '../../helpers/small-disk.js';
import {temporaryDirectory} from '../../helpers/temporary-directory.js';

const directory = temporaryDirectory();
const inDirectory = (name: string) => path.join(directory, name);

async function append(file: string, ...lines: string[]): Promise<number> {
  const before = existsSync(file) ? readFileSync(file).length : 0;
  const output = await DurableLines.open(file);
  try {
    const cut = before - output.size;
    await Promise.all(lines.map(async line => output.append(line)));
    return cut;
  } finally {
    await output.close();
  }
}

function textOf(file: string): string {
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
}

for (const kind of ['jsonl', 'jsonl.gz']) {
  test(`lines are appended to what is there, in order: ${kind}`, async t => {
    const file = inDirectory(`order.${kind}`);
    t.is(await append(file, 'a', 'é'), 0);
    t.is(await append(file, ...Array.from({length: 500}, (_, index) => `${index}`)), 0);
    t.is(textOf(file), ['a', 'é', ...Array.from({length: 500}, (_, index) => `${index}`), ''].join('\n'));
    t.false(existsSync(`${file}.lock`));
  });

  test(`wherever a file is cut, whole lines are left: ${kind}`, async t => {
    const file = inDirectory(`cut.${kind}`);
    const lines = ['first', 'second line', 'é'];
    const sizes: number[] = [0];
    for (const line of lines) {
      await append(file, line);
      sizes.push(readFileSync(file).length);
    }

    const bytes = readFileSync(file);
    for (let length = 0; length <= bytes.length; length++) {
      writeFileSync(file, bytes.subarray(0, length));
      const whole = sizes.findLastIndex(size => size <= length);
      t.is(await append(file, 'next'), length - sizes[whole]!);
      t.is(textOf(file), [...lines.slice(0, whole), 'next', ''].join('\n'));
    }
  });

  test(`a full disk keeps every whole line, and what follows fits again: ${kind}`, async t => {
    await withSmallDisk(t, 'durable', 64, async disk => {
      const file = path.join(disk, `full.${kind}`);
      const output = await DurableLines.open(file);
      // Of a length that ends within a page, and that compresses badly.
      const line = (index: number) =>
        `${index} ${Array.from({length: 900}, (_, at) => String.fromCharCode(33 + ((index * 31 + at * at * 7) % 89))).join('')}`;
      let done = 0;
      const error = await t.throwsAsync(async () => {
        for (; done < 2000; done++) {
          await output.append(line(done));
        }
      });
      t.regex(error!.message, /cannot write .*full.*: no space left on device/u);
      t.true(done > 10);
      const whole = Array.from({length: done}, (_, index) => `${line(index)}\n`).join('');
      t.is(textOf(file), whole);
      truncateSync(path.join(disk, 'ballast'), 0);
      await output.append('after');
      await output.close();
      t.is(textOf(file), `${whole}after\n`);
    });
  });
}

test('a long line is found whole from behind', async t => {
  const file = inDirectory('long.jsonl');
  await append(file, 'x'.repeat(200_000));
  appendFileSync(file, 'y'.repeat(300_000));
  t.is(await append(file), 300_000);
  t.is(textOf(file).length, 200_001);
});

test('a line feed in a line is refused', async t => {
  await t.throwsAsync(append(inDirectory('feed.jsonl'), 'a\nb'), {instanceOf: RangeError});
});

test('gzip of another program is not appended to', async t => {
  const file = inDirectory('other.jsonl.gz');
  writeFileSync(file, gzipSync('a\n'));
  await t.throwsAsync(append(file, 'b'), {message: /not written by implicit-prm/u});
  t.false(existsSync(`${file}.lock`));
});

test('untouched keeps an incomplete last line until it is cut', async t => {
  const file = inDirectory('cut-later.jsonl');
  writeFileSync(file, 'a\nno end');
  const output = await DurableLines.open(file, {untouched: true});
  t.deepEqual([output.size, await output.wholeLength()], [8, 2]);
  t.is(textOf(file), 'a\nno end');
  t.is(await output.cutIncomplete(), 6);
  await output.append('b');
  await output.close();
  t.is(textOf(file), 'a\nb\n');
});

test('clear drops the lines; untouched keeps them until then', async t => {
  const file = inDirectory('clear.jsonl');
  writeFileSync(file, 'no end');
  const output = await DurableLines.open(file, {untouched: true});
  t.is(textOf(file), 'no end');
  await output.clear();
  await output.append('a');
  await output.close();
  t.is(textOf(file), 'a\n');
});

test('a second writer is refused, in this process and in others', async t => {
  const file = inDirectory('locked.jsonl');
  const output = await DurableLines.open(file);
  const message = new RegExp(`process ${process.pid} on ${hostname()} is writing it`, 'u');
  await t.throwsAsync(DurableLines.open(file), {message});
  await output.close();
  t.is(await append(file, 'a'), 0);
});

test('the lock of a process that is gone is taken over', async t => {
  const file = inDirectory('stale.jsonl');
  const child = spawn(process.execPath, ['-e', '']);
  const {pid} = child;
  await once(child, 'exit');
  writeFileSync(`${file}.lock`, JSON.stringify({host: hostname(), pid, began: ''}));
  t.is(await append(file, 'a'), 0);
  // In a container every process is number 1, so a number alone says nothing.
  writeFileSync(`${file}.lock`, JSON.stringify({host: hostname(), pid: process.pid, began: 'earlier'}));
  if (process.platform === 'linux') {
    await t.notThrowsAsync(append(file, 'b'));
  }
});

test('the lock of another computer is taken over when it is no longer touched', async t => {
  const file = inDirectory('remote.jsonl');
  for (const content of [JSON.stringify({host: 'elsewhere', pid: 1, began: ''}), '']) {
    writeFileSync(`${file}.lock`, content);
    await t.throwsAsync(append(file, 'a'), {message: /is writing it/u});
    const longAgo = new Date(Date.now() - 300_000);
    utimesSync(`${file}.lock`, longAgo, longAgo);
    t.is(await append(file, 'a'), 0);
  }
});

test('of many that find a stale lock one takes it', async t => {
  const file = inDirectory('race.jsonl');
  for (let round = 0; round < 20; round++) {
    writeFileSync(`${file}.lock`, JSON.stringify({host: hostname(), pid: 2 ** 22 + 1, began: ''}));
    const opened = await Promise.allSettled(Array.from({length: 6}, async () => DurableLines.open(file)));
    const held = opened.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []));
    t.is(held.length, 1);
    await held[0]!.close();
  }
});
