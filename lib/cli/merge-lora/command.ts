import {Command} from 'commander';
import {interruptible} from '../interruptible.js';
import {requireModelPlace, writeMerged} from '../run/write-merged.js';

interface MergeLoraFlags {
  base: string;
  lora: string;
  output: string;
  overwrite?: true;
  quiet?: true;
}

/** Makes the command `merge-lora`: a base and its adapter in, a whole policy out. */
export function mergeLoraCommand(): Command {
  const command = new Command('merge-lora')
    .description('Write a model that is a base and its adapter in one, for those who need a whole policy.')
    .requiredOption('--base <file>', 'the model that the adapter was trained on: a GGUF file')
    .requiredOption('--lora <file>', 'the adapter, as train writes it')
    .requiredOption('-o, --output <file>', 'the model to write')
    .option('--overwrite', 'replace what the output holds')
    .option('--quiet', 'show no progress')
    .addHelpText('after', notes);
  return command.action(async (flags: MergeLoraFlags) => {
    await interruptible(async signal => run(flags, signal));
  });
}

const notes = `
Changed weights are rounded to the base's own type. With a quantised base that rounds away part of what the adapter has
learned: a pair of base and adapter, --policy BASE --reference BASE --lora ADAPTER, is then the better one, and smaller.
`;

async function run(
  {base, lora, output, overwrite, quiet}: MergeLoraFlags,
  signal: AbortSignal,
): Promise<void> {
  await requireModelPlace(output, [base, lora], overwrite ?? false);
  await writeMerged({base, lora, output, quiet: quiet ?? false}, signal);
}
