import path from 'node:path';
import {fileURLToPath} from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const work = path.join(root, 'build', 'pair');
const models = path.join(root, 'models', 'students');

/** All that the pair is made of: nothing else is chosen anywhere. */
export const recipe = {
  /** What is sampled from the base: problems by a seed, responses to each, and the seed of the responses. */
  samples: {
    train: {problems: 2048, responses: 4, seed: 1},
    fresh: {problems: 256, responses: 16, seed: 2},
    traces: {problems: 600, responses: 1, seed: 3},
    tune: {problems: 300, responses: 1, seed: 4},
  },
  /** Options of `implicit-prm train`. */
  training: {
    objective: 'ce',
    beta: 1,
    rank: 16,
    'learning-rate': 2e-3,
    epochs: 2,
    'batch-size': 32,
    validation: 0.1,
    'validations-per-epoch': 2,
    seed: 0,
  },
  /** What ships of it as examples. */
  examples: {problems: 64, traces: 300},
  /** How many of these traces a test scores again. */
  checked: 80,
} as const;

/** What problems are sampled for. */
export type Purpose = keyof typeof recipe.samples;

/** Where everything is. Work goes on from what lies in `build/pair`. */
export const files = {
  root,
  work,
  base: path.join(models, 'base.gguf'),
  adapter: path.join(models, 'adapter.gguf'),
  card: path.join(models, 'CARD.md'),
  figures: path.join(models, 'figures.json'),
  examples: path.join(root, 'examples', 'arithmetic'),
  problems: (purpose: Purpose) => path.join(work, `${purpose}-problems.jsonl`),
  sampled: (purpose: Purpose) => path.join(work, `${purpose}.jsonl`),
  labelled: (purpose: Purpose) => path.join(work, `${purpose}-labelled.jsonl`),
  trained: path.join(work, 'adapter.gguf'),
  training: path.join(work, 'training.json'),
  cache: path.join(work, 'cache'),
  rewards: (judge: string) => path.join(work, `rewards-${judge}.jsonl`),
};
