import {existsSync} from 'node:fs';
import {baseFingerprint} from '../pair/adapter-base.js';
import {locateModel} from '../pair/locate-model.js';
import {runDifference} from '../runs/difference.js';
import {ResumeError} from '../runs/run.js';
import {fileError} from '../utils/file-error.js';
import {adapterMetadata} from './adapter-metadata.js';
import type {PlacedRecord} from './data/collect-prompts.js';
import type {Tokeniser} from './data/tokenise-prompts.js';
import {judgeExamples} from './evaluation/judge-examples.js';
import {evaluateTraining, type TrainEvaluation} from './evaluation/train-evaluation.js';
import type {RewardBasis} from './loop/batch-trainer.js';
import {TrainingLoop} from './loop/training-loop.js';
import {describeData, type PreparedTraining, prepareTraining} from './prepare-training.js';
import {referenceLogprobs} from './run/reference-logprobs.js';
import {TrainingDirectory} from './run/training-directory.js';
import {trainingIdentity} from './run/training-identity.js';
import {
  newTrainingRecord,
  readTrainingRecord,
  type TrainingRecord,
  writeTrainingRecord,
} from './run/training-record.js';
import type {TrainEvent, TrainProgressEvent, TrainResult} from './train-events.js';
import type {CheckedTrainOptions} from './train-options.js';
import type {Trainer, TrainerOptions} from './trainer.js';

/** What a training needs of the world: the addon's, or a test's own. */
export interface TrainTools {
  /** Opens the base to turn text into tokens. */
  openTokeniser(options: CheckedTrainOptions): Promise<OpenTokeniser>;
  openTrainer(options: TrainerOptions): Promise<Trainer>;
}

/** A base that turns text into tokens. */
export interface OpenTokeniser {
  tokeniser: Tokeniser;
  /** The model's own name, empty if it has none. */
  name: string;
  /** The most tokens that it takes. */
  contextLength: number;
  close(): Promise<void>;
}

/** Records and where they come from. */
export interface TrainInput {
  data: AsyncIterable<PlacedRecord>;
  steps: AsyncIterable<PlacedRecord> | undefined;
}

/** Trains: what {@link trainPair} does, with tools of one's own. */
export async function* train(
  input: TrainInput,
  options: CheckedTrainOptions,
  tools: TrainTools,
): AsyncGenerator<TrainEvent, TrainResult, undefined> {
  options.signal?.throwIfAborted();
  // First, so that it shows at once if there is nothing to go on with, or something in the way.
  const directory = await TrainingDirectory.take(options.output);
  try {
    const before = await recordBefore(directory, options);
    if (options.initialAdapter !== undefined) {
      await locateModel(options.initialAdapter);
    }

    const {prepared, name} = await prepare(input, options, tools);
    const identity = await trainingIdentity(prepared, options);
    const record = before ?? newTrainingRecord(identity);
    requireSame(record, identity, directory);
    yield {type: 'data', ...describeData(prepared)};
    const isNew = before === undefined;
    return yield* trainWith(prepared, options, {tools, directory, record, isNew, name});
  } finally {
    await directory.release();
  }
}

interface TrainContext {
  tools: TrainTools;
  directory: TrainingDirectory;
  record: TrainingRecord;
  /** Whether there is nothing to go on from. */
  isNew: boolean;
  /** The base's. */
  name: string;
}

async function* trainWith(
  prepared: PreparedTraining,
  options: CheckedTrainOptions,
  {tools, directory, record, isNew, name}: TrainContext,
): AsyncGenerator<TrainEvent, TrainResult, undefined> {
  const maxTokens = Math.max(options.microBatchTokens, prepared.longest);
  const trainer = await tools.openTrainer(trainerOptions(options, maxTokens));
  try {
    if (isNew) {
      // Not before: a base that is refused leaves what was there as it was.
      await directory.clear();
      await writeTrainingRecord(directory, record);
    }

    if (record.state !== null) {
      await trainer.restore(directory.file(record.state));
    }

    yield {type: 'model', description: trainer.description, resumedFrom: record.step};
    const basis = yield* findBasis(trainer, prepared, {directory, maxTokens, signal: options.signal});
    const loop = new TrainingLoop(prepared, options, {trainer, directory, basis, maxTokens}, record);
    yield* runLoop(loop, options);
    const best = loop.record.best;
    if (best) {
      await trainer.restore(directory.file(best.state));
    }

    const bestStep = best?.step ?? loop.record.step;
    const fingerprint = await baseFingerprint(options.base);
    await trainer.saveAdapter(
      options.output,
      adapterMetadata(options, {
        name,
        fingerprint,
        step: bestStep,
        initialAdapter: record.identity['initial adapter'],
      }),
    );
    const evaluation = yield* evaluate(trainer, prepared, {...options, maxTokens});
    const result: TrainResult = {
      output: options.output,
      objective: options.objective,
      beta: options.beta,
      steps: loop.record.step,
      bestStep,
      stoppedEarly: loop.record.step < loop.steps,
      data: describeData(prepared),
      evaluation,
      history: {steps: loop.record.steps, validations: loop.record.validations},
    };
    await loop.finish(result);
    yield {type: 'result', result};
    return result;
  } finally {
    await trainer.close();
  }
}

/** Runs the loop; whoever stops it, by the signal or by asking for no more events, loses no step. */
async function* runLoop(
  loop: TrainingLoop,
  {signal}: CheckedTrainOptions,
): AsyncGenerator<TrainEvent, void, undefined> {
  let failed = false;
  try {
    yield* loop.run();
  } catch (error) {
    failed = !signal?.aborted;
    throw error;
  } finally {
    if (loop.isUnsaved && !failed) {
      await loop.checkpoint();
    }
  }
}

async function prepare(
  {data, steps}: TrainInput,
  options: CheckedTrainOptions,
  tools: TrainTools,
): Promise<{prepared: PreparedTraining; name: string}> {
  const {tokeniser, name, contextLength, close} = await tools.openTokeniser(options);
  try {
    return {prepared: await prepareTraining({tokeniser, contextLength, data, steps}, options), name};
  } finally {
    await close();
  }
}

/** @throws an error if there is a training already, and nobody has said what to do with it */
async function recordBefore(
  directory: TrainingDirectory,
  {resume, overwrite, output}: CheckedTrainOptions,
): Promise<TrainingRecord | undefined> {
  if (overwrite) {
    return undefined;
  }

  const record = await readTrainingRecord(directory);
  if (record && !resume) {
    throw fileError(
      `cannot write ${directory.path}`,
      new Error('there is a training in it; resume goes on with it, overwrite replaces it'),
    );
  }

  if (record === undefined && existsSync(output)) {
    throw fileError(`cannot write ${output}`, new Error('it is there already; overwrite replaces it'));
  }

  return record;
}

function requireSame(
  record: TrainingRecord,
  identity: TrainingRecord['identity'],
  directory: TrainingDirectory,
): void {
  const difference = runDifference({identity: record.identity, shard: null}, {identity, shard: null});
  if (difference !== '') {
    throw new ResumeError(directory.path, difference);
  }
}

function trainerOptions(options: CheckedTrainOptions, maxTokens: number): TrainerOptions {
  const {base, initialAdapter, rank, alpha, seed, layers, threads, gpu, memoryLimit, signal, onLog} = options;
  return {
    base,
    initialAdapter,
    rank,
    alpha,
    seed,
    layers,
    threads,
    gpu,
    maxTokens,
    checkpoint: options.checkpointing,
    memoryLimit,
    signal,
    onLog,
  };
}

interface BasisContext {
  directory: TrainingDirectory;
  maxTokens: number;
  signal: AbortSignal | undefined;
}

async function* findBasis(
  trainer: Trainer,
  {objective, set, mismatched}: PreparedTraining,
  {directory, ...context}: BasisContext,
): AsyncGenerator<TrainEvent, RewardBasis, undefined> {
  const {examples} = set;
  const wanted = objective.usesReference ? [...examples, ...mismatched] : [];
  const sums = yield* tell('reference', referenceLogprobs(trainer, wanted, directory, context));
  return {
    examples,
    reference: sums.subarray(0, examples.length),
    mismatched,
    mismatchedReference: sums.subarray(examples.length),
  };
}

/** Measures what was held out; `null` where there is nothing, or no pair. */
async function* evaluate(
  trainer: Trainer,
  {objective, set, split, solutions}: PreparedTraining,
  {beta, split: splitter, maxTokens, signal}: CheckedTrainOptions & {maxTokens: number},
): AsyncGenerator<TrainEvent, TrainEvaluation | null, undefined> {
  const groups = split.heldOut.map(group => set.groups[group]!.map(member => set.examples[member]!));
  const examples = [...groups.flat(), ...solutions];
  if (!objective.usesReference || examples.length === 0) {
    return null;
  }

  const judging = judgeExamples(trainer, examples, {beta, split: splitter, maxTokens, signal});
  const judged = yield* tell('evaluation', judging);
  const next = judged.values();
  const prompts = groups.map(group =>
    group.map(({answer, correct}) => ({answer, correct, steps: next.next().value!})),
  );
  const labelled = solutions.map(({solution}) => ({label: solution!.label, steps: next.next().value!}));
  return evaluateTraining(prompts, labelled);
}

async function* tell<T>(
  type: TrainProgressEvent['type'],
  work: AsyncGenerator<{done: number; total: number}, T, undefined>,
): AsyncGenerator<TrainEvent, T, undefined> {
  for (;;) {
    const {done, value} = await work.next();
    if (done) {
      return value;
    }

    yield {type, ...value};
  }
}
