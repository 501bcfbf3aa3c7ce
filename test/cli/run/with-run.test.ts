import {readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {openOutput} from '../../../lib/cli/run/output.js';
import {withRun} from '../../../lib/cli/run/with-run.js';
import {FileLostError} from '../../../lib/runs/files/durable-lines.js';
import {temporaryDirectory} from '../../helpers/temporary-directory.js';

const directory = temporaryDirectory();
const {signal} = new AbortController();

/** Writes lines as a command does; `between` is called when the first is on the disk. */
async function write(file: string, lines: readonly string[], between: () => void): Promise<void> {
  const output = await openOutput(file, {input: undefined, resume: false, overwrite: false});
  const identify = async () => ({});
  try {
    await withRun(output, {quiet: true}, identify, signal, async run => {
      for (const [index, line] of lines.entries()) {
        run!.take(Buffer.from(line));
        await output.write(line);
        await run!.wrote({skipped: false});
        if (index === 0) {
          between();
        }
      }
    });
  } finally {
    await output.close();
  }
}

const losses: [string, (file: string) => void][] = [
  ['removed', file => rmSync(file)],
  ['renamed', file => renameSync(file, `${file}.1`)],
  ['cut', file => writeFileSync(file, '')],
];
for (const [what, lose] of losses) {
  test(`an output that is ${what} fails the run, at the next line or at the end`, async t => {
    for (const lines of [['a', 'b'], ['a']]) {
      const file = path.join(directory, `${what}-${lines.length}.jsonl`);
      const error = await t.throwsAsync(
        write(file, lines, () => lose(file)),
        {instanceOf: FileLostError, message: /^cannot write .* during the run/u},
      );
      t.false(error!.message.includes('--resume'));
      t.false(JSON.parse(readFileSync(`${file}.run.json`, 'utf8')).finished);
    }
  });
}

test('an output that is left alone is finished', async t => {
  const file = path.join(directory, 'left-alone.jsonl');
  await write(file, ['a', 'b'], () => {});
  t.is(readFileSync(file, 'utf8'), 'a\nb\n');
  t.true(JSON.parse(readFileSync(`${file}.run.json`, 'utf8')).finished);
});
