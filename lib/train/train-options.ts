import {resolve} from 'node:path';
import {z} from 'zod';
import {gpuChoices} from '../engine/gpu-choice.js';
import type {LogListener} from '../engine/native/native-engine.js';
import type {PairOptions} from '../pair/pair-options.js';
import type {StepSplitter} from '../steps/step-splitter.js';
import type {RenderingOptions} from '../text/rendering.js';
import {renderingShape} from '../text/rendering-schema.js';
import {objectiveNames} from './objectives/find-objective.js';
import type {ObjectiveName} from './objectives/objective.js';

/** Records of a data set, parsed from JSON or not. */
export type Records = Iterable<unknown> | AsyncIterable<unknown>;

/** What {@link trainPair} makes an adapter from, and how. */
export interface TrainOptions extends RenderingOptions {
  /** The path of the model to train from, a GGUF file: the reference of the pair, and with the adapter its policy. */
  base: string;
  /**
   * Labelled responses: `{prompt, responses: [{text, correct}]}` or `{prompt, response, correct}`. The prompt may be called
   * `messages`, `problem` or `question`; instead of `correct` there may be a `reference` answer.
   */
  data: Records;
  /** The adapter's file. What the training goes on from, until it has ended, and what is known of it lie in `OUTPUT.run`. */
  output: string;
  /** Solutions whose first wrong step is known, `{problem, steps, label}` as in ProcessBench, for measuring only. */
  steps?: Records | undefined;
  /**
   * What is minimised; `'ce'` if left out, which makes σ(R) a probability and needs no pairs.
   *
   * - `'ce'`: cross-entropy on labels; `'kto'`: Kahneman–Tversky optimisation; each response by itself.
   * - `'dpo'`, `'nca'`: each right response of a prompt against each wrong one.
   * - `'sft'`: the likelihood of right responses, for a base of one's own; makes no pair.
   */
  objective?: ObjectiveName | undefined;
  /** β, the reward of one nat, kept in the adapter; 0.05 if left out, the paper's. Short responses want more: 0.5 or 1. */
  beta?: number | undefined;
  /**
   * An adapter to go on from, a GGUF file of the same rank, alpha and layers, in place of one that changes nothing yet. The
   * reference is the base alone all the same.
   */
  initialAdapter?: string | undefined;
  /** The adapter's rank; 16 if left out. */
  rank?: number | undefined;
  /** The adapter's scale, twice its rank if left out. */
  alpha?: number | undefined;
  /** Which blocks of the model have an adapter: the last ones only, or all if left out. */
  layers?:
    | {
        /** How many. */
        last: number;
      }
    | undefined;
  /** The highest learning rate; 2e-4 if left out, which suits models of billions of parameters. Tiny ones want more: 3e-3. */
  learningRate?: number | undefined;
  /** The share of steps in which the learning rate rises, 0 … 1; 0.05 if left out. */
  warmup?: number | undefined;
  /** Whether the learning rate then falls as half a cosine (the default) or stays. */
  decay?: 'cosine' | 'constant' | undefined;
  /** AdamW's weight decay; 0 if left out. */
  weightDecay?: number | undefined;
  /** The longest gradient; 1 if left out. */
  clip?: number | undefined;
  /** How often everything is learned from; 2 if left out. */
  epochs?: number | undefined;
  /** Responses, or pairs of them, to an optimizer step; 32 if left out. */
  batchSize?: number | undefined;
  /** Tokens evaluated at once, which costs memory; 2,048 if left out. A response that is longer is evaluated by itself. */
  microBatchTokens?: number | undefined;
  /** The most tokens of prompt and response; the model's context length if left out. Longer ones are left out. */
  maxLength?: number | undefined;
  /** The share of prompts held out to choose the best adapter and to measure it, 0 … 1; 0.1 if left out. */
  validation?: number | undefined;
  /** How often in an epoch the held-out loss is taken; 4 times if left out. */
  validationsPerEpoch?: number | undefined;
  /** After how many such looks without a better one to stop; 0 for never. 4 if left out. */
  earlyStopping?: number | undefined;
  /** Where the steps of held-out responses begin, for measuring; `'blank-line'` if left out. */
  split?: StepSplitter | undefined;
  /** Whether right and wrong responses count alike, however many there are of each; `false` if left out. */
  balance?: boolean | undefined;
  /** What the adapter, the order and the split are drawn from; 0 if left out. */
  seed?: number | undefined;
  /** After how many steps to save what training goes on from; 50 if left out. */
  saveEvery?: number | undefined;
  /** Go on with a training that was begun with the same base, data and options; begin if there is none. */
  resume?: boolean | undefined;
  /** Replace an earlier training. */
  overwrite?: boolean | undefined;
  /**
   * CPU threads. If left out, one and another for each 8 MiB of weights, as far as the process may use them: more threads
   * of a small model would only wait for each other.
   */
  threads?: number | undefined;
  /**
   * The kind of device to compute on, its first one. `'auto'`, as if left out, and `false`: the CPU. All layers are
   * computed there, by operations that every backend has, and one that lacks an operation is refused
   * (`TRAINING_UNSUPPORTED`).
   */
  gpu?: PairOptions['gpu'];
  /** Whether activations are computed anew in the backward pass, which takes less memory; `true` if left out. */
  checkpointing?: boolean | undefined;
  /** The most memory to use, in bytes: a training that would take more is refused. */
  memoryLimit?: number | undefined;
  /** Stops the training, which keeps what it has learned for `resume`; rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Called with what llama.cpp logs. */
  onLog?: LogListener | undefined;
}

const path = z.string().min(1);
const share = z.number().min(0).max(1);
const count = z.int().min(1);
const records = z.custom<Records>(
  value =>
    typeof value === 'object' &&
    value !== null &&
    (Symbol.iterator in value || Symbol.asyncIterator in value),
  'expected records, an iterable',
);

/** The schema of {@link TrainOptions}. */
export const trainOptionsSchema = z
  .strictObject({
    base: path,
    data: records,
    output: path,
    steps: records.optional(),
    objective: z.literal(objectiveNames).default('ce'),
    beta: z.number().positive().default(0.05),
    initialAdapter: path.optional(),
    rank: count.max(1024).default(16),
    alpha: z.number().positive().optional(),
    layers: z.strictObject({last: count}).optional(),
    learningRate: z.number().positive().default(2e-4),
    warmup: share.default(0.05),
    decay: z.literal(['cosine', 'constant']).default('cosine'),
    weightDecay: z.number().min(0).default(0),
    clip: z.number().positive().default(1),
    epochs: count.default(2),
    batchSize: count.default(32),
    microBatchTokens: count.default(2048),
    maxLength: count.optional(),
    validation: z.number().min(0).lt(1).default(0.1),
    validationsPerEpoch: count.default(4),
    earlyStopping: z.int().min(0).default(4),
    split: z.custom<StepSplitter>().optional(),
    balance: z.boolean().default(false),
    seed: z.int().min(0).max(0xffff_ffff).default(0),
    saveEvery: count.default(50),
    resume: z.boolean().default(false),
    overwrite: z.boolean().default(false),
    threads: count.optional(),
    gpu: z.literal(gpuChoices).optional(),
    checkpointing: z.boolean().default(true),
    memoryLimit: count.optional(),
    ...renderingShape,
    signal: z.instanceof(AbortSignal).optional(),
    onLog: z.custom<LogListener>(value => typeof value === 'function', 'expected a function').optional(),
  })
  .transform(options => ({...options, alpha: options.alpha ?? 2 * options.rank}))
  .refine(({resume, overwrite}) => !(resume && overwrite), {
    message: 'either go on with a training or replace it',
    path: ['overwrite'],
  })
  .refine(
    ({initialAdapter, output}) => initialAdapter === undefined || !isSamePlace(initialAdapter, output),
    {
      message: 'what is gone on from would be replaced; write the adapter to another file',
      path: ['output'],
    },
  );

function isSamePlace(one: string, other: string): boolean {
  return resolve(one) === resolve(other);
}

/** {@link TrainOptions} with what was left out. */
export type CheckedTrainOptions = z.output<typeof trainOptionsSchema>;
