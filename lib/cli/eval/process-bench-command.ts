import {Command, InvalidArgumentError, Option} from 'commander';
import {z} from 'zod';
import {bootstrapShape} from '../../eval/bootstrap.js';
import {ProcessBenchTally} from '../../eval/process-bench/tally.js';
import {processBenchTask, readProcessBenchResult} from '../../eval/process-bench/task.js';
import type {PairOptions} from '../../pair/pair-options.js';
import {runDifference} from '../../runs/difference.js';
import {escapeJson} from '../../utils/escape-json.js';
import {placedError} from '../../utils/file-error.js';
import {interruptible} from '../interruptible.js';
import {pairOptionsOf} from '../options/pair.js';
import {tellSkipped} from '../run/run-lines.js';
import {withInput, withKeptResults} from '../run/with-files.js';
import {createChalk, writeStdout} from '../terminal/stdout.js';
import {checkRecords} from './check-records.js';
import {addEvalOptions, type EvalFlags, requireUsage} from './options.js';
import {type EvalOutcome, evalOutcome} from './outcome.js';
import {readEvalResults} from './read-results.js';
import {scoreRecords} from './score-records.js';
import {formatProcessBench, type ThresholdSource} from './tables/process-bench.js';
import {type EvalScorer, withScorer} from './with-scorer.js';

interface ProcessBenchFlags extends EvalFlags {
  threshold?: number | 'auto';
  thresholdFrom?: string;
  by?: 'q' | 'reward';
  labelSteps?: true;
}

interface Tallies {
  samples: ProcessBenchTally;
  /** What the threshold is chosen on, if that is another file. */
  others: ProcessBenchTally;
}

/** Makes the command `eval processbench`: how well rewards find the first wrong step. */
export function evalProcessBenchCommand(): Command {
  const command = new Command('processbench')
    .description('Measure how well process rewards find the first wrong step of a solution.')
    .argument('[file]', 'samples in ProcessBench’s format {problem, steps, label, …}')
    .usage('[options] <file | ->')
    .option(
      '--threshold <auto|number>',
      'σ under which a step is wrong; auto (if left out) chooses it on the same file',
      parseThreshold,
    )
    .addOption(
      new Option(
        '--threshold-from <file>',
        'choose the threshold on another file (with --from-results: on other results)',
      ).conflicts(['threshold', 'shard']),
    )
    .addOption(
      new Option('--by <what>', 'what of a step σ is taken of; q if left out').choices(['q', 'reward']),
    )
    .option('--label-steps', 'begin each step with “Step N: ”, as the authors’ evaluation does');
  return addEvalOptions(command, ['labelSteps']).action(
    async (file: string | undefined, flags: ProcessBenchFlags) => {
      const {color} = command.optsWithGlobals<{color: boolean}>();
      requireUsage(file, flags, command);
      if (flags.thresholdFrom === '-') {
        command.error("error: option '--threshold-from' needs a file");
      }

      const pairOptions = file === undefined ? undefined : pairOptionsOf(flags, command);
      await interruptible(async signal => {
        const by = flags.by ?? 'q';
        const tallies = {samples: new ProcessBenchTally(by), others: new ProcessBenchTally(by)};
        const {source, counts} = pairOptions
          ? await score(file!, flags, {...pairOptions, signal}, tallies)
          : await readResults(flags, signal, tallies);
        if (source) {
          const results = {...source, ...evaluate(source.file, flags, tallies)};
          await writeStdout(
            flags.json
              ? `${escapeJson(JSON.stringify(results, null, 2))}\n`
              : formatProcessBench(results, createChalk(color)),
          );
        }

        tellSkipped(counts, 'sample');
      });
    },
  );
}

function evaluate(file: string, flags: ProcessBenchFlags, {samples, others}: Tallies) {
  const source = thresholdOf(file, flags, {samples, others});
  return {...source, ...samples.evaluate(source.threshold, z.object(bootstrapShape).parse(flags))};
}

function thresholdOf(
  file: string,
  {threshold = 'auto', thresholdFrom}: ProcessBenchFlags,
  {samples, others}: Tallies,
): ThresholdSource & {threshold: number} {
  if (threshold !== 'auto') {
    return {threshold, thresholdFrom: null, f1There: null};
  }

  try {
    const {threshold: best, f1} = (thresholdFrom === undefined ? samples : others).bestThreshold();
    return {threshold: best, thresholdFrom: thresholdFrom ?? file, f1There: f1};
  } catch (error) {
    throw placedError(thresholdFrom ?? file, error);
  }
}

async function readResults(
  flags: ProcessBenchFlags,
  signal: AbortSignal,
  {samples, others}: Tallies,
): Promise<EvalOutcome> {
  const task = processBenchTask(flags);
  const read = async (file: string, tally: ProcessBenchTally) =>
    readEvalResults(file, task, signal, bytes => tally.add(readProcessBenchResult(bytes)));
  const {thresholdFrom, fromResults} = flags;
  const outcome = await read(fromResults!, samples);
  if (thresholdFrom !== undefined) {
    const {identity} = await read(thresholdFrom, others);
    const difference = runDifference({...outcome, shard: null}, {identity, shard: null});
    if (difference !== '') {
      throw new Error(`${fromResults} and ${thresholdFrom} are not of one evaluation: ${difference}`);
    }
  }

  return outcome;
}

async function score(
  file: string,
  flags: ProcessBenchFlags,
  pairOptions: PairOptions & {signal: AbortSignal},
  tallies: Tallies,
): Promise<EvalOutcome> {
  const {signal} = pairOptions;
  const {thresholdFrom} = flags;
  const task = processBenchTask(flags);
  return withKeptResults(file, flags, signal, async (input, output) => {
    await checkRecords(file, task, flags, signal);
    if (thresholdFrom !== undefined) {
      await checkRecords(thresholdFrom, task, flags, signal);
    }

    return withScorer(pairOptions, flags, async tools => {
      const context = {flags, tools, signal};
      const others = await scoreOthers(flags, context, tallies.others);
      const counts = await scoreRecords(input, output, task, context, bytes =>
        tallies.samples.add(readProcessBenchResult(bytes)),
      );
      const outcome = evalOutcome(input.name, task, counts, context);
      return {...outcome, counts: added(counts, others)};
    });
  });
}

/** Scores what the threshold is chosen on. */
async function scoreOthers(
  {thresholdFrom, ...flags}: ProcessBenchFlags,
  {tools, signal}: {tools: EvalScorer; signal: AbortSignal},
  tally: ProcessBenchTally,
) {
  if (thresholdFrom === undefined) {
    return {lines: 0, skipped: 0};
  }

  return withInput(thresholdFrom, signal, async input =>
    scoreRecords(input, undefined, processBenchTask(flags), {flags, tools, signal}, bytes =>
      tally.add(readProcessBenchResult(bytes)),
    ),
  );
}

function added<T extends {lines: number; skipped: number}>(a: T, b: T) {
  return {lines: a.lines + b.lines, skipped: a.skipped + b.skipped};
}

/** Parses `--threshold`: `auto`, or a probability. */
function parseThreshold(text: string): number | 'auto' {
  if (text === 'auto') {
    return text;
  }

  const value = Number(text);
  if (!(/^[\d.]/u.test(text) && value >= 0 && value <= 1)) {
    throw new InvalidArgumentError('It has to be auto or a number from 0 to 1.');
  }

  return value;
}
