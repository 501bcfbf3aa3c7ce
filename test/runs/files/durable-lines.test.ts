import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {
  appendFileSync,
  existsSync,
  linkSync,
  promises,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import {syncBuiltinESMExports} from 'node:module';
import {hostname} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import {gunzipSync, gzipSync} from 'node:zlib';
import test from 'ava';
import {DurableLines, FileLostError} from '../../../lib/runs/files/durable-lines.js';
import {withSmallDisk} from '../../helpers/small-disk.js';
import {temporaryDirectory} from '../../helpers/temporary-directory.js';

const directory = temporaryDirectory();
/** A process of this computer that is not there. */
const nobody = {host: hostname(), pid: 2 ** 22 + 1, began: ''};
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

for (const [kind, link] of [
  ['symbolic', symlinkSync],
  ['hard', linkSync],
] as const) {
  test(`a second writer is refused by another name too, a ${kind} link`, async t => {
    const [file, other] = [inDirectory(`${kind}.jsonl`), inDirectory(`${kind}-link.jsonl`)];
    await append(file, 'a');
    link(file, other);
    for (const [first, second] of [
      [file, other],
      [other, file],
    ] as const) {
      const output = await DurableLines.open(first);
      await t.throwsAsync(DurableLines.open(second), {
        message: /cannot write .*: process \d+ .*is writing it/u,
      });
      await output.append('b');
      await output.close();
    }

    await append(other, 'c');
    t.is(textOf(file), 'a\nb\nb\nc\n');
    t.deepEqual(
      readdirSync(directory).filter(name => name.startsWith(kind) && !name.endsWith('.jsonl')),
      [],
    );
  });
}

test('a link to a file that is not there yet makes it, and is locked with it', async t => {
  const [file, link] = [inDirectory('made.jsonl'), inDirectory('made-link.jsonl')];
  symlinkSync(file, link);
  const output = await DurableLines.open(link);
  await t.throwsAsync(DurableLines.open(file), {message: /is writing it/u});
  await output.append('a');
  await output.requirePresent();
  await output.close();
  t.is(textOf(file), 'a\n');
});

const losses: [string, (file: string) => void, RegExp][] = [
  ['removed', file => rmSync(file), /it was removed or renamed during the run/u],
  ['renamed', file => renameSync(file, `${file}.1`), /it was removed or renamed during the run/u],
  [
    'replaced',
    file => {
      writeFileSync(`${file}.new`, 'a\n');
      renameSync(`${file}.new`, file);
    },
    /it was replaced by another file during the run/u,
  ],
  ['cut', file => truncateSync(file, 0), /something else has written to it .* 0 bytes in place of 2/u],
  [
    'appended to',
    file => appendFileSync(file, 'x'),
    /something else has written to it .* 3 bytes in place of 2/u,
  ],
];
for (const [what, lose, message] of losses) {
  test(`that a file is ${what} while it is open is found out`, async t => {
    const file = inDirectory(`${what}.jsonl`);
    const output = await DurableLines.open(file);
    await output.append('a');
    await t.notThrowsAsync(output.requirePresent());
    lose(file);
    await t.throwsAsync(output.requirePresent(), {instanceOf: FileLostError, message});
    await output.close();
  });
}

test('a line is not done before the disk has it', async t => {
  const output = await DurableLines.open(inDirectory('synced.jsonl'));
  const {prototype, datasync} = await fileHandles();
  const events: string[] = [];
  let release = () => {};
  const gate = new Promise<void>(resolve => {
    release = resolve;
  });
  let ask = () => {};
  const asked = new Promise<void>(resolve => {
    ask = resolve;
  });
  prototype.datasync = async function (this: FileHandle) {
    const {size} = await this.stat();
    events.push(`asked to put ${size} bytes on the disk`);
    ask();
    await gate;
    await datasync.call(this);
    events.push('on the disk');
  };
  try {
    const appending = output.append('a').then(() => events.push('done'));
    await Promise.race([appending, asked]);
    // What does not wait for the disk has the time to be done.
    await sleep(50);
    t.deepEqual(events, ['asked to put 2 bytes on the disk']);
    release();
    await appending;
    t.deepEqual(events.slice(1), ['on the disk', 'done']);
  } finally {
    prototype.datasync = datasync;
    await output.close();
  }
});

/** What all open files have their methods from. */
async function fileHandles(): Promise<{prototype: FileHandle; datasync: FileHandle['datasync']}> {
  const file = await open(inDirectory('any'), 'w');
  await file.close();
  const prototype = Object.getPrototypeOf(file) as FileHandle;
  return {prototype, datasync: prototype.datasync};
}

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
    writeFileSync(`${file}.lock`, JSON.stringify(nobody));
    const opened = await Promise.allSettled(Array.from({length: 6}, async () => DurableLines.open(file)));
    const held = opened.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []));
    t.is(held.length, 1);
    await held[0]!.close();
  }
});

test('of a lock that is being taken over everybody else keeps off', async t => {
  const file = inDirectory('guarded.jsonl');
  writeFileSync(`${file}.lock`, JSON.stringify(nobody));
  writeFileSync(`${file}.lock.stale`, '');
  await t.throwsAsync(append(file, 'a'), {message: /another process is writing it/u});
  t.deepEqual(JSON.parse(readFileSync(`${file}.lock`, 'utf8')), nobody);
  // Whoever was to take it over died at it.
  const longAgo = new Date(Date.now() - 300_000);
  utimesSync(`${file}.lock.stale`, longAgo, longAgo);
  await t.throwsAsync(append(file, 'a'), {message: /is writing it/u});
  t.is(await append(file, 'a'), 0);
});

test('a lock that another process has just taken over is not taken for the stale one', async t => {
  const file = inDirectory('overtaken.jsonl');
  writeFileSync(`${file}.lock`, JSON.stringify(nobody));
  const {link} = promises;
  promises.link = async (from, to) => {
    if (to === `${file}.lock.stale`) {
      // Between the look at the stale lock and the turn to remove it.
      writeFileSync(`${file}.lock`, JSON.stringify({...nobody, pid: 7}));
    }

    await link(from, to);
  };
  syncBuiltinESMExports();
  try {
    await t.throwsAsync(append(file, 'a'), {message: /process 7 .* is writing it/u});
  } finally {
    promises.link = link;
    syncBuiltinESMExports();
  }

  t.like(JSON.parse(readFileSync(`${file}.lock`, 'utf8')), {pid: 7});
});
