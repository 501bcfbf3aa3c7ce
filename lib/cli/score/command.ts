import process from 'node:process';
import {Command} from 'commander';
import type {Pair} from '../../pair/pair.js';
import type {PairOptions} from '../../pair/pair-options.js';
import type {Input} from '../../runs/input/open-input.js';
import {inputRecords} from '../../runs/input/records.js';
import {printable} from '../../utils/printable.js';
import {interruptible} from '../interruptible.js';
import {addPairOptions, pairOptionsOf} from '../options/pair.js';
import {requireFile} from '../options/run.js';
import {requireReportPlace} from '../report/require-place.js';
import {openPairShowing} from '../run/open-models.js';
import type {Output} from '../run/output.js';
import {RunProgress} from '../run/progress.js';
import {type RunCounts, runLines, tellSkipped} from '../run/run-lines.js';
import {withFiles} from '../run/with-files.js';
import {withRun} from '../run/with-run.js';
import {ProgressDisplay} from '../terminal/progress-display.js';
import {scoreIdentity} from './identity.js';
import {addScoreOptions, type ScoreFlags} from './options.js';
import {prettyLines} from './pretty-lines.js';
import {ScoreReport} from './results-report.js';
import {scoreLine} from './score-line.js';

/** Makes the command `score`: JSON lines in, JSON lines with process rewards out. */
export function scoreCommand(): Command {
  const command = new Command('score')
    .description('Score responses step by step: a result line for every line of JSON.')
    .argument(
      '[file]',
      'JSON lines, or an array, of {prompt, response | responses | steps}; .gz or not; - or nothing: stdin',
    )
    .usage('[options] [file.jsonl | -]');
  return addScoreOptions(addPairOptions(command)).action(async (file: string | undefined) => {
    const flags = command.optsWithGlobals<ScoreFlags>();
    requireFile(flags, command);
    requirePretty(flags, command);
    requireReportFile(flags, command);
    if (flags.report !== undefined) {
      flags.tokens = true;
    }

    const pairOptions = pairOptionsOf(flags, command);
    await interruptible(async signal => run(file, flags, {...pairOptions, signal}));
  });
}

function requirePretty({pretty, threshold}: ScoreFlags, command: Command): void {
  if (threshold !== undefined && !pretty) {
    command.error("error: option '--threshold <p>' needs '--pretty'");
  }
}

function requireReportFile({report}: ScoreFlags, command: Command): void {
  if (report === '-') {
    command.error("error: option '--report' needs a file to write");
  }
}

async function run(
  file: string | undefined,
  flags: ScoreFlags,
  pairOptions: PairOptions & {signal: AbortSignal},
): Promise<void> {
  const {signal} = pairOptions;
  await withFiles(file, flags, signal, async (input, output) => {
    const report = await openReport(file, output, flags);
    const counts = await scoreAll(input, report?.output ?? output, flags, pairOptions);
    await report?.write(input.name, signal);
    tellSkipped(counts);
  });
}

async function openReport(
  file: string | undefined,
  output: Output,
  {report, overwrite}: ScoreFlags,
): Promise<ScoreReport | undefined> {
  if (report === undefined) {
    return undefined;
  }

  await requireReportPlace(report, {overwrite: overwrite ?? false, others: [file, output.file]});
  return new ScoreReport(report, output);
}

async function scoreAll(
  input: Input,
  output: Output,
  flags: ScoreFlags,
  pairOptions: PairOptions & {signal: AbortSignal},
): Promise<RunCounts> {
  const {quiet = false, verbose = false} = flags;
  const display = new ProgressDisplay(!quiet && !verbose);
  let pair: Pair | undefined;
  try {
    pair = await openPairShowing(pairOptions, flags, display);
    if (input.isTerminal && !quiet) {
      process.stderr.write('implicit-prm: reading JSON lines from the terminal, Ctrl-D ends them\n');
    }

    return await scoreInput(pair, input, output, flags, {signal: pairOptions.signal, display});
  } finally {
    display.clear();
    await pair?.close();
  }
}

async function scoreInput(
  pair: Pair,
  input: Input,
  output: Output,
  flags: ScoreFlags,
  {signal, display}: {signal: AbortSignal; display: ProgressDisplay},
): Promise<RunCounts> {
  const {split, aggregate, scoreBy, betaSchedule, allowSpecialTokens, quiet = false} = flags;
  const identify = async () => scoreIdentity(pair.info, flags);
  const pretty = flags.pretty && prettyLines(pair.info, flags);
  return withRun(output, flags, identify, signal, async run => {
    const counts = await runLines(inputRecords(input, 'record'), output, run, {
      resultOf: async (bytes, onProgress) =>
        scoreLine(pair, bytes, {
          scoring: {split, aggregate, scoreBy, betaSchedule, allowSpecialTokens, signal, onProgress},
          complete: !flags.incomplete,
          tokens: flags.tokens ?? false,
          pretty,
          showText: flags.showText,
        }),
      keepGoing: flags.keepGoing ?? false,
      leaveOutSkipped: flags.pretty ?? flags.showText ?? false,
      signal,
      // Where the results scroll by, they are the progress, and a bar would be torn by them.
      progress: new RunProgress(output.isTerminal ? undefined : display, input, run?.lines ?? 0),
    });
    display.clear();
    if (counts.lines === 0 && !quiet) {
      const none = run && run.lines > 0 ? 'left to score: all are done' : 'to score';
      process.stderr.write(`implicit-prm: ${printable(input.name)} has no lines ${none}\n`);
    }

    return run ?? counts;
  });
}
