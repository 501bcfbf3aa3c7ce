import test from 'ava';
import type {NativeTrainerOptions} from '../../../lib/engine/native/native-trainer.js';
import {seededRandom} from '../../../lib/utils/seeded-random.js';
import {readGguf} from '../../helpers/gguf-file.js';
import {arithmeticPair} from '../../helpers/pairs.js';
import {randomDecoder} from '../../helpers/random-decoder.js';
import {temporaryDirectory} from '../../helpers/temporary-directory.js';
import {gradientsOf, sumOf, withTrainer} from '../../helpers/trainers.js';

const arithmetic = arithmeticPair().reference;

/** Sequences that have nothing in common, to be scored all along. */
function sequencesOf(count: number, length: number) {
  const random = seededRandom(3);
  return Array.from({length: count}, () => ({
    tokens: Int32Array.from({length}, () => Math.floor(250 * random())),
    from: 1,
  }));
}

interface Case {
  name: string;
  options: Partial<NativeTrainerOptions> & {base: string};
  /** As many trees as memory is planned for, of the planned length. */
  trees: {count: number; length: number};
}

const gemma = randomDecoder(temporaryDirectory(), 'gemma3', {window: 16, layers: 6});
const cases: Case[] = [
  {
    name: 'one long sequence',
    options: {base: arithmetic, maxTokens: 512},
    trees: {count: 1, length: 512},
  },
  {
    name: 'many short sequences',
    options: {base: arithmetic, maxTokens: 1024, maxTree: 64, rank: 32, alpha: 64},
    trees: {count: 16, length: 64},
  },
  {
    name: 'without checkpoints',
    options: {base: arithmetic, maxTokens: 512, maxTree: 128, checkpoint: false},
    trees: {count: 4, length: 128},
  },
  {
    name: 'the last layer alone',
    options: {base: arithmetic, maxTokens: 512, maxTree: 128, layers: {last: 1}},
    trees: {count: 4, length: 128},
  },
  {
    name: 'the last layers alone, without checkpoints',
    options: {base: arithmetic, maxTokens: 512, maxTree: 128, layers: {last: 2}, checkpoint: false},
    trees: {count: 4, length: 128},
  },
  {
    name: 'by operations that every backend has',
    options: {base: arithmetic, maxTokens: 256, portable: true},
    trees: {count: 1, length: 256},
  },
  {
    name: 'attention that sees a window',
    options: {base: gemma, maxTokens: 512, maxTree: 256},
    trees: {count: 2, length: 256},
  },
];

for (const {name, options, trees} of cases) {
  test(`the memory that was planned is what is taken, within a tenth: ${name}`, async t => {
    await withTrainer(options, async trainer => {
      const planned: Record<string, number> = {...trainer.description.memory};
      const sequences = sequencesOf(trees.count, trees.length);
      for (let step = 0; step < 2; step++) {
        await gradientsOf(
          trainer,
          sequences,
          sequences.map(() => 0.1),
        );
        await trainer.step({learningRate: 1e-3, weightDecay: 0, clip: 1});
      }

      const taken: Record<string, number> = {...(await trainer.memoryInUse())};
      for (const [part, bytes] of Object.entries(taken)) {
        t.log(`${part}: ${planned[part]} planned, ${bytes} taken`);
      }

      const ratio = sumOf(Object.values(taken)) / sumOf(Object.values(planned));
      t.true(Math.abs(ratio - 1) <= 0.1, `${ratio} of what was planned`);
      for (const [part, bytes] of Object.entries(taken)) {
        t.true(Math.abs(bytes / planned[part]! - 1) <= 0.1, `${part}: ${bytes} in place of ${planned[part]}`);
      }
    });
  });
}

test('weights take what their file has of them', async t => {
  const {tensors} = readGguf(arithmetic);
  const inFile = sumOf(tensors.map(({data}) => data.length));
  await withTrainer({base: arithmetic}, async trainer => {
    const {weights} = trainer.description.memory;
    t.true(Math.abs(weights / inFile - 1) <= 0.1, `${weights} bytes in place of ${inFile}`);
  });
});
