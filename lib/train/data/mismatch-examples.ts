import {seededRandom} from '../../utils/seeded-random.js';
import {shuffled} from '../../utils/shuffle.js';
import type {Tokeniser} from './tokenise-prompts.js';
import type {TrainingExample} from './training-set.js';

// Of the responses to other prompts, how many are tried to find one that fits.
const tries = 8;

interface MismatchOptions {
  maxLength: number;
  seed: number;
  signal?: AbortSignal | undefined;
}

/**
 * Puts behind each example's prompt the response to another one, which tells what reward a text has by chance.
 *
 * @returns for each example such a one; `undefined` where none was found that fits
 */
export async function mismatchExamples(
  tokeniser: Tokeniser,
  examples: readonly TrainingExample[],
  {maxLength, seed, signal}: MismatchOptions,
): Promise<(TrainingExample | undefined)[]> {
  const order = shuffled([...examples.keys()], seededRandom(seed));
  const mismatched: (TrainingExample | undefined)[] = new Array(examples.length).fill(undefined);
  for (const [place, index] of order.entries()) {
    signal?.throwIfAborted();
    const example = examples[index]!;
    for (const other of othersBehind(order, place, examples)) {
      const found = await behindPrompt(tokeniser, example, examples[other]!);
      if (found.tokens.length <= maxLength) {
        mismatched[index] = found;
        break;
      }
    }
  }

  return mismatched;
}

/** The next few in the order that answer another prompt. */
function* othersBehind(
  order: readonly number[],
  place: number,
  examples: readonly TrainingExample[],
): Generator<number, void, undefined> {
  const {group} = examples[order[place]!]!;
  let found = 0;
  for (let step = 1; step < order.length && found < tries; step++) {
    const other = order[(place + step) % order.length]!;
    if (examples[other]!.group !== group) {
      found++;
      yield other;
    }
  }
}

async function behindPrompt(
  tokeniser: Tokeniser,
  {prompt, group}: TrainingExample,
  {text, answer, correct, complete}: TrainingExample,
): Promise<TrainingExample> {
  const [result] = await tokeniser.tokenise(prompt, [text], {complete, allowSpecialTokens: false});
  const {tokens, promptLength, starts} = result!;
  return {prompt, text, answer, correct, complete, tokens, from: promptLength, starts, group};
}
