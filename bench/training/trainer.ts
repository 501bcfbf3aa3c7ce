// A trainer for `process.ts`: BASE THREADS keep|checkpoint.
import process from 'node:process';
import {createInterface} from 'node:readline';
import {NativeTrainer} from '../../lib/engine/native/native-trainer.js';
import {secondsOf} from '../measure.js';
import type {LearnedWork} from './process.js';

const [base, threads, activations] = process.argv.slice(2);
const lines = createInterface({input: process.stdin})[Symbol.asyncIterator]();
const work: LearnedWork = JSON.parse((await lines.next()).value);
const sequences = work.map(({tokens, from}) => ({tokens: Int32Array.from(tokens), from}));
await using trainer = await NativeTrainer.open({
  base: base!,
  rank: 16,
  alpha: 32,
  seed: 0,
  threads: Number(threads),
  maxTokens: sequences.reduce((sum, {tokens}) => sum + tokens.length, 0),
  checkpoint: activations === 'checkpoint',
});
console.log(0);
for await (const line of lines) {
  console.log(await answer(line));
}

async function answer(line: string): Promise<number> {
  if (line === 'peak') {
    return process.resourceUsage().maxRSS * 1024;
  }

  if (line === 'forward') {
    return secondsOf(async () => trainer.forward(sequences, {adapter: true, keep: false}));
  }

  return secondsOf(async () => {
    await trainer.forward(sequences, {adapter: true, keep: true});
    await trainer.backward(sequences.map(() => -0.01));
    await trainer.step({learningRate: 1e-4, weightDecay: 0, clip: 1});
  });
}
