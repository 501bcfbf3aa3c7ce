import path from 'node:path';
import process from 'node:process';
import {Command} from 'commander';
import {toTrainingReport} from '../../report/to-training-report.js';
import {writeAtomically} from '../../runs/files/write-atomically.js';
import {nativeTools} from '../../train/native-tools.js';
import {train} from '../../train/train.js';
import type {TrainEvent, TrainResult} from '../../train/train-events.js';
import {type CheckedTrainOptions, trainOptionsSchema} from '../../train/train-options.js';
import {check} from '../../utils/check.js';
import {escapeJson} from '../../utils/escape-json.js';
import {printable} from '../../utils/printable.js';
import {interruptible} from '../interruptible.js';
import {requireReportPlace} from '../report/require-place.js';
import {requireModelPlace, writeMerged} from '../run/write-merged.js';
import {createChalk, writeStdout} from '../terminal/stdout.js';
import {formatTrainResult} from './format-result.js';
import {addTrainOptions, type TrainFlags, trainOptionsOf} from './options.js';
import {TrainProgress} from './progress.js';
import {readRecords} from './read-records.js';

/** Makes the command `train`: labelled responses in, the adapter of a pair out. */
export function trainCommand(): Command {
  const command = new Command('train')
    .description('Make a pair from responses that are known to be right or wrong: an adapter for a model.')
    .argument('<files...>', 'JSON lines of {prompt, responses: [{text, correct}]}; .gz or not; - for stdin')
    .usage('[options] --base <model.gguf> -o <adapter.gguf> <labelled.jsonl...>');
  return addTrainOptions(command).action(async (files: string[]) => {
    const flags = command.optsWithGlobals<TrainFlags>();
    await interruptible(async signal => run(files, flags, signal));
  });
}

async function run(files: readonly string[], flags: TrainFlags, signal: AbortSignal): Promise<void> {
  const data = readRecords(files, signal);
  const steps = flags.steps === undefined ? undefined : readRecords([flags.steps], signal);
  const onLog = flags.verbose
    ? (level: string, text: string) => process.stderr.write(`${level}: ${printable(text)}\n`)
    : undefined;
  const options = check(
    trainOptionsSchema,
    {...trainOptionsOf(flags), data, steps, signal, onLog},
    'the options of train',
  );
  const {base, report, merged, output, overwrite = false, quiet = false} = flags;
  if (merged !== undefined) {
    await requireModelPlace(merged, [base, output], overwrite);
  }

  if (report !== undefined) {
    await requireReportPlace(report, {overwrite, others: [...files, output]});
  }

  const result = await showTraining(train({data, steps}, options, nativeTools), options, flags);
  if (report !== undefined) {
    await writeAtomically(report, toTrainingReport(result, {title: path.basename(output)}));
  }

  if (merged !== undefined) {
    await writeMerged({base, lora: output, output: merged, quiet}, signal);
  }

  await writeStdout(
    flags.json
      ? `${escapeJson(JSON.stringify(withoutLists(result), null, 2))}\n`
      : formatTrainResult(result, base, createChalk(flags.color)),
  );
}

/** Without what only a page shows, a line for every step and response; it is in the folder of the training. */
function withoutLists({history: _history, evaluation, ...result}: TrainResult): unknown {
  const {outcomes: _outcomes, ...measured} = evaluation ?? {};
  return {...result, evaluation: evaluation && measured};
}

async function showTraining(
  training: AsyncGenerator<TrainEvent, TrainResult, undefined>,
  {signal, output}: CheckedTrainOptions,
  {quiet}: TrainFlags,
): Promise<TrainResult> {
  const progress = new TrainProgress({quiet: quiet ?? false});
  let saved: number | undefined;
  try {
    progress.loading();
    for (;;) {
      const next = await training.next();
      if (next.done) {
        return next.value;
      }

      saved = next.value.type === 'step' ? next.value.step : saved;
      progress.show(next.value);
    }
  } finally {
    progress.clear();
    if (signal?.aborted && saved !== undefined && !quiet) {
      process.stderr.write(
        `implicit-prm: stopped behind step ${saved}, saved in ${printable(output)}.run; the same command with --resume goes on\n`,
      );
    }
  }
}
