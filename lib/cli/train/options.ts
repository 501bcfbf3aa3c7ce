import {type Command, InvalidArgumentError, Option} from 'commander';
import type {StepSplitter} from '../../steps/step-splitter.js';
import {objectiveNames} from '../../train/objectives/find-objective.js';
import type {ObjectiveName} from '../../train/objectives/objective.js';
import type {TrainOptions} from '../../train/train-options.js';
import {positiveNumber, share, wholeNumber} from '../options/numbers.js';
import {type GpuFlag, gpuOf, gpuOption, threadsOption} from '../options/pair.js';
import {addRenderingOptions, type RenderingFlags} from '../options/rendering.js';
import {parseSplit} from '../options/scoring.js';

/** The options of the command `train`. */
export interface TrainFlags extends RenderingFlags {
  base: string;
  output: string;
  steps?: string;
  objective?: ObjectiveName;
  beta?: number;
  initialAdapter?: string;
  rank?: number;
  alpha?: number;
  layers?: {last: number};
  learningRate?: number;
  warmup?: number;
  decay?: 'cosine' | 'constant';
  weightDecay?: number;
  clip?: number;
  epochs?: number;
  batchSize?: number;
  microBatchTokens?: number;
  maxLength?: number;
  validation?: number;
  validationsPerEpoch?: number;
  earlyStopping?: number;
  balance?: true;
  split?: StepSplitter;
  seed?: number;
  saveEvery?: number;
  resume?: true;
  overwrite?: true;
  report?: string;
  merged?: string;
  json?: true;
  threads?: number;
  gpu?: GpuFlag;
  checkpointing?: 'on' | 'off';
  memoryLimit?: number;
  quiet?: true;
  verbose?: true;
  /** False for `--no-color`. */
  color: boolean;
}

/**
 * Adds the options of {@link TrainFlags} to a command.
 *
 * @returns the command
 */
export function addTrainOptions(command: Command): Command {
  command
    .requiredOption('--base <file>', 'the model to train from: a GGUF file')
    .requiredOption('-o, --output <file>', 'the adapter to write: a LoRA in a GGUF file')
    .option('--merged <file>', 'write base and adapter in one model too, see implicit-prm merge-lora');
  addRenderingOptions(command);
  return addMachineOptions(addMeasuringOptions(addRecipeOptions(command))).addHelpText('after', notes);
}

function addRecipeOptions(command: Command): Command {
  return command
    .addOption(new Option('--objective <name>', 'what is minimised; ce if left out').choices(objectiveNames))
    .option('--beta <number>', 'β, the reward of one nat; 0.05 if left out', positiveNumber)
    .option('--initial-adapter <file>', 'an adapter to go on from, of the same rank, alpha and layers')
    .option('--rank <number>', 'the adapter’s rank; 16 if left out', wholeNumber(1, 1024))
    .option('--alpha <number>', 'the adapter’s scale; twice its rank if left out', positiveNumber)
    .option('--layers <which>', 'blocks with an adapter: all (if left out), or last:N', parseLayers)
    .option('--learning-rate <number>', 'the highest learning rate; 2e-4 if left out', positiveNumber)
    .option('--warmup <share>', 'steps in which it rises; 0.05 of all if left out', share)
    .addOption(
      new Option('--decay <how>', 'how it falls then; cosine if left out').choices(['cosine', 'constant']),
    )
    .option('--weight-decay <number>', 'AdamW’s weight decay; 0 if left out', notNegative)
    .option('--clip <number>', 'the longest gradient; 1 if left out', positiveNumber)
    .option('--epochs <number>', 'how often all is learned from; 2 if left out', wholeNumber(1))
    .option('--batch-size <number>', 'responses, or pairs of them, to a step; 32 if left out', wholeNumber(1))
    .option('--max-length <tokens>', 'leave longer responses out, prompts counted', wholeNumber(2))
    .option('--balance', 'let right and wrong responses count alike, however many there are')
    .option('--seed <number>', 'what all is drawn from; 0 if left out', wholeNumber(0, 0xffff_ffff));
}

function addMeasuringOptions(command: Command): Command {
  return command
    .option('--validation <share>', 'prompts held out to choose and measure by; 0.1 if left out', share)
    .option('--validations-per-epoch <number>', 'looks at the held-out loss; 4 if left out', wholeNumber(1))
    .option(
      '--early-stopping <looks>',
      'stop after so many without a better one; 4, 0: never',
      wholeNumber(0),
    )
    .option('--steps <file>', 'solutions {problem, steps, label} as in ProcessBench, to measure steps by')
    .option(
      '--split <how>',
      'where steps begin: blank-line (if left out), line, step-label, string:TEXT or regex:PATTERN',
      parseSplit,
    )
    .option('--report <file>', 'make a page of how the training went')
    .option('--json', 'print the results as JSON');
}

function addMachineOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--resume', 'go on with a training that was interrupted, or begin').conflicts('overwrite'),
    )
    .option('--overwrite', 'replace an adapter and its training')
    .option('--save-every <steps>', 'save what --resume goes on from; 50 if left out', wholeNumber(1))
    .option('--micro-batch-tokens <number>', 'tokens evaluated at once; 2048 if left out', wholeNumber(1))
    .addOption(
      new Option(
        '--checkpointing <on|off>',
        'compute activations anew, for less memory; on if left out',
      ).choices(['on', 'off']),
    )
    .addOption(threadsOption())
    .addOption(gpuOption('where to compute; the CPU if left out'))
    .option('--memory-limit <MiB>', 'refuse a training that would take more', wholeNumber(1))
    .option('--quiet', 'show no progress')
    .option('--verbose', 'print what llama.cpp logs to stderr');
}

const notes = `
A line is {"prompt", "responses": [{"text", "correct"}]} or {"prompt", "response", "correct"}; the prompt may be called
"messages", "problem" or "question". Without "correct" a "reference" answer will do. Files may be JSON lines or JSON
arrays, compressed if their names end with .gz; - is stdin.

The adapter and its base are a pair: implicit-prm score --policy BASE --reference BASE --lora OUTPUT.

What a training goes on from is in the folder OUTPUT.run, at the latest --save-every steps old whatever happens. With
--resume base, data and options have to be the same; the adapter is then the one of an undisturbed training.

Exit codes: 0 the adapter is written; 1 an error; 2 wrong use; 130, 143 stopped by Ctrl-C or SIGTERM, all steps saved.
`;

function parseLayers(text: string): {last: number} | undefined {
  const [, count] = /^last:([1-9]\d{0,4})$/u.exec(text) ?? [];
  if (text !== 'all' && count === undefined) {
    throw new InvalidArgumentError('It is all, or last:N, such as last:8.');
  }

  return count === undefined ? undefined : {last: Number(count)};
}

function notNegative(text: string): number {
  return Number(text) === 0 ? 0 : positiveNumber(text);
}

/** Makes the options of the command line into those of `trainPair`, but for the records. */
export function trainOptionsOf(flags: TrainFlags): Omit<TrainOptions, 'data' | 'steps'> {
  const {
    steps: _steps,
    report: _report,
    merged: _merged,
    json: _json,
    quiet: _quiet,
    verbose: _verbose,
    color: _color,
    ...rest
  } = flags;
  const {gpu, checkpointing, memoryLimit} = flags;
  return {
    ...rest,
    gpu: gpuOf(gpu),
    checkpointing: checkpointing && checkpointing === 'on',
    memoryLimit: memoryLimit && memoryLimit * 2 ** 20,
  };
}
