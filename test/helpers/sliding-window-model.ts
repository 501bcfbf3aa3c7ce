import {join} from 'node:path';
import {f32, readGguf, str, u32, writeGguf} from './gguf-file.js';
import {arithmeticPair} from './pairs.js';
import {ones, randomLlama} from './tiny-models.js';

const layers = 6;
const embedding = 64;
const head = 32;

/** A model of the Gemma 3 architecture with random weights, whose layers but the last see only the last tokens. */
export function slidingWindowModel(
  directory: string,
  {seed, window}: {seed: number; window: number},
): string {
  const llama = randomLlama(directory, {
    vocabFrom: arithmeticPair().policy,
    layers,
    embedding,
    heads: embedding / head,
    seed,
    name: `llama-${seed}`,
  });
  const {metadata, tensors} = readGguf(llama);
  const kept = [...metadata].filter(([key]) => !key.startsWith('general.architecture'));
  const gemma = new Map(kept.map(([key, value]) => [key.replace(/^llama\./u, 'gemma3.'), value] as const));
  gemma.set('general.architecture', str('gemma3'));
  gemma.set('gemma3.attention.sliding_window', u32(window));
  gemma.set('gemma3.attention.key_length', u32(head));
  gemma.set('gemma3.attention.value_length', u32(head));
  gemma.set('gemma3.rope.freq_base', f32(1e6));
  const norms = Array.from({length: layers}, (_, index) => [
    ones(`blk.${index}.attn_q_norm.weight`, head),
    ones(`blk.${index}.attn_k_norm.weight`, head),
    ones(`blk.${index}.post_attention_norm.weight`, embedding),
    ones(`blk.${index}.post_ffw_norm.weight`, embedding),
  ]);
  return writeGguf(join(directory, `gemma3-${seed}.gguf`), {
    metadata: gemma,
    tensors: [...tensors, ...norms.flat()],
  });
}
