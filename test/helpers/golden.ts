import {readFileSync} from 'node:fs';

/** A response in the golden files, computed in float64 by an implementation that is not llama.cpp. */
export interface GoldenResponse {
  text: string;
  tokens: number[];
  policyLogprobs: number[];
  referenceLogprobs: number[];
  sumLogRatio: number;
  steps?: {text: string; tokenStart: number; tokenEnd: number; logRatio: number; reward: number; q: number}[];
}

/** A prompt in the golden files with its responses. */
export interface GoldenCase {
  id: string;
  prompt: string;
  templated: string;
  promptTokens: number[];
  complete: boolean;
  beta: number;
  responses: GoldenResponse[];
}

/** A sampled trace with the true label of its first wrong step, −1 for a right one. */
export interface Trace {
  id: string;
  prompt: string;
  response: string;
  steps: string[];
  label: number;
  correct: boolean;
}

const dataUrl = (name: string) => new URL(`../data/${name}`, import.meta.url);

/** The objects of a JSONL file in test/data. */
export function readData<T>(name: string): T[] {
  const lines = readFileSync(dataUrl(name), 'utf8').trim().split('\n');
  return lines.map(line => JSON.parse(line) as T);
}

/** What an independent computation got from the traces. */
export function expectedTraceResults(): {
  erroneous: number;
  stepAuc: number;
  firstErrorHasLowestReward: number;
  outcomeAuc: {sum: number; min: number; withoutReferenceSum: number};
} {
  const {traces} = JSON.parse(readFileSync(dataUrl('expected.json'), 'utf8'));
  return traces;
}

/** What an independent computation got by ProcessBench's protocol, by Q values. */
export function expectedProcessBench(): {
  threshold: number;
  accuracyErroneous: number;
  accuracyCorrect: number;
} {
  const {processBench} = JSON.parse(readFileSync(dataUrl('expected.json'), 'utf8'));
  return processBench.qValue;
}

/** The sequences of a golden case, to be scored from the end of the prompt. */
export function sequencesOf({promptTokens, responses}: GoldenCase): {tokens: Int32Array; from: number}[] {
  return responses.map(({tokens}) => ({
    tokens: Int32Array.from([...promptTokens, ...tokens]),
    from: promptTokens.length,
  }));
}
