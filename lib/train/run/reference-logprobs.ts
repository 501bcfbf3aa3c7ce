import {readFile} from 'node:fs/promises';
import {z} from 'zod';
import {writeAtomically} from '../../runs/files/write-atomically.js';
import {microBatches} from '../data/micro-batches.js';
import type {TrainingExample} from '../data/training-set.js';
import {sumOf} from '../loop/batch-trainer.js';
import type {Trainer} from '../trainer.js';
import type {TrainingDirectory} from './training-directory.js';

// Writing takes a moment; what is lost in a kill is computed anew.
const saveInterval = 20_000;
const schema = z.object({format: z.literal(1), sums: z.base64()});

interface ReferenceOptions {
  maxTokens: number;
  signal?: AbortSignal | undefined;
}

/**
 * Computes log π_ref(y | x) of examples, in nats: the same model without its adapter, once. What an earlier process found is
 * in the training's folder.
 *
 * @param examples - `undefined` for none, whose sum is NaN
 */
export async function* referenceLogprobs(
  trainer: Trainer,
  examples: readonly (TrainingExample | undefined)[],
  directory: TrainingDirectory,
  {maxTokens, signal}: ReferenceOptions,
): AsyncGenerator<{done: number; total: number}, Float64Array, undefined> {
  const file = directory.file('reference.json');
  const sums = (await readSums(file, examples.length)) ?? new Float64Array(examples.length).fill(Number.NaN);
  const present = [...examples.keys()].filter(index => examples[index] !== undefined);
  const missing = present.filter(index => Number.isNaN(sums[index]));
  const sequences = examples as readonly TrainingExample[];
  let done = present.length - missing.length;
  let saved = Date.now();
  let isUnsaved = false;
  try {
    for (const members of microBatches(sequences, missing, maxTokens)) {
      const logprobs = await trainer.forward(
        members.map(member => sequences[member]!),
        {adapter: false, keep: false, signal},
      );
      for (const [place, member] of members.entries()) {
        sums[member] = sumOf(logprobs[place]!);
      }

      done += members.length;
      isUnsaved = true;
      if (Date.now() - saved > saveInterval) {
        await writeSums(file, sums);
        saved = Date.now();
        isUnsaved = false;
      }

      yield {done, total: present.length};
    }
  } finally {
    if (isUnsaved) {
      await writeSums(file, sums);
    }
  }

  return sums;
}

/** `undefined` for what cannot be read, which is computed anew. */
async function readSums(file: string, length: number): Promise<Float64Array | undefined> {
  try {
    const {sums} = schema.parse(JSON.parse(await readFile(file, 'utf8')));
    const bytes = new Uint8Array(Buffer.from(sums, 'base64'));
    return bytes.length === 8 * length ? new Float64Array(bytes.buffer) : undefined;
  } catch {
    return undefined;
  }
}

async function writeSums(file: string, {buffer, byteOffset, byteLength}: Float64Array): Promise<void> {
  const sums = Buffer.from(buffer, byteOffset, byteLength).toString('base64');
  await writeAtomically(file, `${JSON.stringify({format: 1, sums})}\n`);
}
