import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {PlacedRecord} from '../../lib/train/data/collect-prompts.js';
import {train} from '../../lib/train/train.js';
import {
  type CheckedTrainOptions,
  type TrainOptions,
  trainOptionsSchema,
} from '../../lib/train/train-options.js';
import {seededRandom} from '../../lib/utils/seeded-random.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';
import {BigramTrainer, byteTokeniser} from './bigram-trainer.js';

const letters = 'abcdefghij';

/** Responses of three steps, wrong if there is `xz` in one of them instead of `xy`: what a model of bigrams can learn. */
export function bigramRecords(prompts: number, {responses = 4, seed = 1, wrongShare = 0.5} = {}) {
  const random = seededRandom(seed);
  const word = () => Array.from({length: 3}, () => letters[Math.floor(random() * letters.length)]).join('');
  return Array.from({length: prompts}, (_, number) => ({
    prompt: `Problem ${number}`,
    responses: Array.from({length: responses}, () => {
      const label = random() < wrongShare ? Math.floor(random() * 3) : -1;
      const steps = [0, 1, 2].map(step => `${word()}x${step === label ? 'z' : 'y'}${word()}`);
      return {text: steps.join('\n\n'), steps, label, correct: label === -1, answer: String(label === -1)};
    }),
  }));
}

/** The same with a line for each response, as ProcessBench has it. */
export function bigramSolutions(prompts: number, seed: number) {
  return bigramRecords(prompts, {seed}).flatMap(({prompt, responses}) =>
    responses.map(({steps, label}) => ({problem: `Fresh ${prompt}`, steps, label})),
  );
}

const directory = temporaryDirectory();
let places = 0;

/** A folder with a file in place of a base. */
export function bigramPlace(): {base: string; output: string} {
  const place = path.join(directory, String(places++));
  mkdirSync(place);
  const base = path.join(place, 'base.gguf');
  writeFileSync(base, 'bigrams');
  return {base, output: path.join(place, 'adapter.gguf')};
}

/** Records with places. */
export async function* placed(records: Iterable<unknown>): AsyncGenerator<PlacedRecord, void, undefined> {
  let number = 0;
  for (const value of records) {
    yield {value, place: `data.jsonl:${++number}`};
  }
}

/** Options for {@link bigramTraining}: short and quick. */
export function bigramOptions(
  options: Partial<TrainOptions> & {base: string; output: string},
): CheckedTrainOptions {
  return trainOptionsSchema.parse({
    data: [],
    beta: 1,
    learningRate: 0.05,
    batchSize: 8,
    validation: 0.2,
    saveEvery: 5,
    ...options,
  });
}

/** Starts a training of the model of bigrams. */
export function bigramTraining(
  options: CheckedTrainOptions,
  records: Iterable<unknown>,
  {steps, onOpen}: {steps?: Iterable<unknown>; onOpen?: (trainer: BigramTrainer) => void} = {},
) {
  const input = {data: placed(records), steps: steps && placed(steps)};
  return train(input, options, {
    openTokeniser: async () => byteTokeniser,
    async openTrainer(trainerOptions) {
      const trainer = new BigramTrainer(trainerOptions);
      onOpen?.(trainer);
      return trainer;
    },
  });
}
