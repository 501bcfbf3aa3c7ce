import {openPair, type Pair, type TokenSequence} from '../lib/index.js';
import type {BenchPair} from './models.js';

/** What is to be scored: one prompt and some responses, as text and as tokens. */
export interface Workload {
  name: string;
  prompt: string;
  responses: string[];
  sequences: TokenSequence[];
  promptTokens: number;
  /** Of all responses. */
  responseTokens: number;
}

export interface WorkloadSize {
  prompt: number;
  responses: number;
  tokens: number;
}

// Each is one token of the Qwen2 tokenizer behind a space.
const words =
  'the sum of all numbers from one to ten is known and so we can add them first then take half'.split(' ');

const tokeniseOptions = {complete: false, allowSpecialTokens: false};

/** Text of just so many tokens for the pair, which differs with the seed. */
async function textOf(pair: Pair, tokens: number, seed: number): Promise<string> {
  let text = '';
  let state = seed;
  for (let count = tokens; ; ) {
    for (; count > 0; count--) {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      text += ` ${words[state % words.length]!}`;
    }

    const [tokenised] = await pair.tokeniser.tokenise({raw: 'Start:'}, [text], tokeniseOptions);
    count = tokens - (tokenised!.tokens.length - tokenised!.promptLength);
    if (count <= 0) {
      return text;
    }
  }
}

/** Makes a workload of about this size; its counts are those of the pair's tokenizer. */
export async function makeWorkload(pair: Pair, size: WorkloadSize): Promise<Workload> {
  const prompt = `Question:${await textOf(pair, size.prompt - 2, 1)}`;
  const responses = [];
  for (let index = 0; index < size.responses; index++) {
    responses.push(await textOf(pair, size.tokens, 100 + index));
  }

  const tokenised = await pair.tokeniser.tokenise({raw: prompt}, responses, tokeniseOptions);
  const {promptLength} = tokenised[0]!;
  return {
    name: `${size.prompt} + ${size.responses} × ${size.tokens}`,
    prompt,
    responses,
    sequences: tokenised.map(({tokens}) => ({tokens, from: promptLength})),
    promptTokens: promptLength,
    responseTokens: tokenised.reduce((sum, {tokens}) => sum + tokens.length - promptLength, 0),
  };
}

/** The same with the files of a pair. */
export async function makeWorkloadFor({policy, reference}: BenchPair, size: WorkloadSize): Promise<Workload> {
  const pair = await openPair({policy, reference, gpu: false});
  try {
    return await makeWorkload(pair, size);
  } finally {
    await pair.close();
  }
}

/** Tokens that have to be evaluated for one model if the prompt is evaluated once, and if it is for every response. */
export function tokenCounts({promptTokens, sequences}: Workload): {shared: number; repeated: number} {
  const lengths = sequences.map(({tokens}) => tokens.length - 1);
  const repeated = lengths.reduce((sum, length) => sum + length, 0);
  return {shared: repeated - promptTokens * (sequences.length - 1), repeated};
}
