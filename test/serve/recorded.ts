import {readFileSync} from 'node:fs';
import type {Choice} from '../../lib/serve/completions/schema.js';

/** A request of `/v1/completions` and what vLLM answered, with the arithmetic pair's policy in float32. */
export interface RecordedCompletion {
  /** What it is about, or which client sent it. */
  name: string;
  request: Record<string, unknown>;
  choices: Choice[];
  usage?: Record<string, number>;
}

/** A request of a reward client and the answer that the client understood. */
export interface RecordedReward {
  path: string;
  request: Record<string, unknown>;
  response: unknown;
}

const read = (name: string) => readFileSync(new URL(`../data/http/${name}`, import.meta.url), 'utf8');

/** What was recorded with vLLM 0.32.0. */
export function recordedCompletions(file: 'vllm-completions' | 'lm-eval'): RecordedCompletion[] {
  return read(`${file}.jsonl`)
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as RecordedCompletion);
}

/** What was recorded with the clients of OpenRLHF 0.11.2, veRL 0.9.1 and slime. */
export function recordedRewards(): RecordedReward[] {
  return JSON.parse(read('reward-clients.json')) as RecordedReward[];
}
