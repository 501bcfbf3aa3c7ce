import path from 'node:path';
import process from 'node:process';
import {Command} from 'commander';
import {printable} from '../../utils/printable.js';
import {interruptible} from '../interruptible.js';
import {counted} from '../terminal/quantities.js';
import {readReportLines} from './read-lines.js';
import {requireReportPlace} from './require-place.js';
import {writeReport} from './write-report.js';

interface ReportFlags {
  output: string;
  title?: string;
  overwrite?: true;
  quiet?: true;
}

/** Makes the command `report`: results in, one page to look at them with out. */
export function reportCommand(): Command {
  return new Command('report')
    .description('Make a page to look at results with: one file of HTML that needs no server.')
    .argument(
      '<results...>',
      'outputs of score --tokens or search --tree, also those of shards; .gz or not; - for stdin',
    )
    .requiredOption('-o, --output <file>', 'the page to write; - for stdout')
    .option('--title <text>', 'what to call the page; the name of the first file if left out')
    .option('--overwrite', 'replace what the output holds, also if it is no report')
    .option('--quiet', 'do not tell what was written')
    .action(async (files: string[], flags: ReportFlags) => {
      await interruptible(async signal => run(files, flags, signal));
    });
}

async function run(files: readonly string[], flags: ReportFlags, signal: AbortSignal): Promise<void> {
  const {output, title, quiet, overwrite = false} = flags;
  await requireReportPlace(output, {overwrite, others: files});
  const lines = await readReportLines(files, signal);
  const count = lines.results.length + lines.searches.length;
  if (lines.results.length > 0 && lines.searches.length > 0) {
    throw new Error('a report is of scored responses or of searches: make one of each');
  }

  if (count === 0) {
    const why = lines.skipped === 0 ? 'there is none' : 'no line could be scored';
    throw new Error(`a report needs results, but ${why} in ${files.join(', ')}`);
  }

  await writeReport(output, lines, {title: title ?? path.basename(files[0]!)});
  if (!quiet && output !== '-') {
    process.stderr.write(`implicit-prm: a report on ${counted(count, 'line')} is in ${printable(output)}\n`);
  }
}
