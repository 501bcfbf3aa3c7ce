import {stat} from 'node:fs/promises';
import process from 'node:process';
import {Command} from 'commander';
import {mergeRuns} from '../../runs/merge.js';
import {printable} from '../../utils/printable.js';
import {interruptible} from '../interruptible.js';

interface MergeFlags {
  output: string;
  overwrite?: true;
  quiet?: true;
}

/** Makes the command `merge`: puts the outputs of `score --shard` or `eval --shard` together. */
export function mergeCommand(): Command {
  return new Command('merge')
    .description(
      'Put the outputs of score, eval or sample with --shard 1/n … n/n together in the order of the input.',
    )
    .argument('<parts...>', 'the outputs of all shards, in any order')
    .requiredOption('-o, --output <file>', 'where to write; compressed if its name ends with .gz')
    .option('--overwrite', 'replace what the output holds')
    .option('--quiet', 'do not tell what was merged')
    .action(async (parts: string[], flags: MergeFlags) => {
      await interruptible(async signal => run(parts, flags, signal));
    });
}

async function run(
  parts: readonly string[],
  {output, overwrite, quiet}: MergeFlags,
  signal: AbortSignal,
): Promise<void> {
  await requireFree(output, parts, overwrite ?? false);
  const {lines, skipped} = await mergeRuns(output, parts, signal);
  if (!quiet) {
    const errors = skipped === 0 ? '' : `, ${skipped} of them with an error in place of a result`;
    process.stderr.write(`implicit-prm: ${lines} lines are in ${printable(output)}${errors}\n`);
  }
}

async function requireFree(output: string, parts: readonly string[], overwrite: boolean): Promise<void> {
  const target = await stat(output).catch(() => undefined);
  if (target === undefined) {
    return;
  }

  if (!target.isFile()) {
    throw new Error(`cannot write ${output}: it is no file`);
  }

  for (const part of parts) {
    const {ino, dev} = (await stat(part).catch(() => undefined)) ?? {};
    if (ino === target.ino && dev === target.dev) {
      throw new Error(`cannot write ${output}: it is one of the parts`);
    }
  }

  if (target.size > 0 && !overwrite) {
    throw new Error(`cannot write ${output}: it is not empty; --overwrite replaces it`);
  }
}
