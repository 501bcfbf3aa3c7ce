import type {TrainOptions} from '../../lib/index.js';

/** Labelled responses to learn from: 2,048 in all but the unbalanced ones. */
export type DataName =
  | 'many-instructions'
  | 'two-each'
  | 'four-each'
  | 'many-responses'
  | 'few-right'
  | 'even';

/** What the weights of the base are stored as. */
export type BaseType = 'F32' | 'Q8_0' | 'Q4_0';

/** One training: what is different from {@link usual}. */
export interface Experiment {
  /** The name of its files. */
  name: string;
  /** What a reader sees. */
  label: string;
  data?: DataName;
  base?: BaseType;
  options?: Partial<TrainOptions>;
}

/** A question, asked by trainings that differ in one thing. */
export interface Question {
  id: string;
  title: string;
  experiments: readonly Experiment[];
}

/** What all trainings have in common, unless an experiment says otherwise. */
export const usual = {
  objective: 'ce',
  beta: 1,
  rank: 16,
  learningRate: 3e-3,
  epochs: 2,
  batchSize: 16,
  validation: 0.06,
  validationsPerEpoch: 2,
  seed: 0,
  // So small a model's activations are kept: that is faster than to compute them anew.
  checkpointing: false,
  gpu: false,
  threads: 1,
} as const satisfies Partial<TrainOptions>;

const standard: Experiment = {name: 'standard', label: 'ce'};

/** All that is tried: some fifteen trainings. */
export const questions: readonly Question[] = [
  {
    id: 'objectives',
    title: 'Objectives, on the same 2,048 responses',
    experiments: [
      standard,
      {name: 'kto', label: 'kto', options: {objective: 'kto'}},
      {name: 'dpo', label: 'dpo', options: {objective: 'dpo'}},
      {name: 'nca', label: 'nca', options: {objective: 'nca'}},
    ],
  },
  {
    id: 'data',
    title: 'More instructions against more responses to each, 2,048 labels',
    experiments: [
      {name: 'many-instructions', label: '2,048 × 1', data: 'many-instructions'},
      {name: 'two-each', label: '1,024 × 2', data: 'two-each'},
      {...standard, label: '512 × 4'},
      {name: 'many-responses', label: '128 × 16', data: 'many-responses'},
    ],
  },
  {
    id: 'balance',
    title: 'One right in ten, 640 labels',
    experiments: [
      {name: 'even', label: 'half right', data: 'even'},
      {name: 'few-right', label: 'a tenth right', data: 'few-right'},
      {name: 'few-right-balanced', label: '… balanced', data: 'few-right', options: {balance: true}},
    ],
  },
  {
    id: 'rank',
    title: 'Rank of the adapter',
    experiments: [
      {name: 'rank-1', label: '1', options: {rank: 1}},
      {name: 'rank-4', label: '4', options: {rank: 4}},
      {...standard, label: '16'},
      {name: 'rank-64', label: '64', options: {rank: 64}},
    ],
  },
  {
    id: 'layers',
    title: 'Layers with an adapter, of four',
    experiments: [
      {...standard, label: 'all'},
      {name: 'last-2', label: 'last half', options: {layers: {last: 2}}},
      {name: 'last-1', label: 'last quarter', options: {layers: {last: 1}}},
    ],
  },
  {
    id: 'weights',
    title: 'Weights of the base',
    experiments: [
      {...standard, label: 'F32'},
      {name: 'base-q8-0', label: 'Q8_0', base: 'Q8_0'},
      {name: 'base-q4-0', label: 'Q4_0', base: 'Q4_0'},
    ],
  },
];
