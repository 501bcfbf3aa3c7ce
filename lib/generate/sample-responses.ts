import {InvalidInputError} from '../errors/invalid-input-error.js';
import type {Algebra} from '../rank/algebra/algebra.js';
import {isRightAnswer} from '../rank/equality/right-answer.js';
import type {AnswerExtractor} from '../rank/extraction/answer-extractor.js';
import {extractAnswer} from '../rank/extraction/extract-answer.js';
import {referenceAnswer} from '../rank/extraction/reference-answer.js';
import type {Prompt} from '../text/prompt.js';
import {greatestSeed} from './generate-schema.js';
import type {
  Continuation,
  GenerateInput,
  GenerationUsage,
  StopReason,
  TextGenerator,
} from './text-generator.js';

/** How responses are sampled: as for {@link TextGenerator.generate}. */
export interface SampleOptions extends Omit<GenerateInput, 'prompt'> {
  /** Where the final answers stand, see {@link AnswerExtractor}. */
  extractAnswer?: AnswerExtractor | undefined;
  /** Compares answers with the right one by algebra, see {@link openAlgebra}; by the rules of {@link sameAnswer} if left out. */
  algebra?: Algebra | undefined;
}

/** A response that was sampled. */
export interface SampledResponse {
  /** The prefix and what was written behind it. */
  text: string;
  /** Its final answer; `null` if it has none. */
  answer: string | null;
  /** Whether that is the right one; absent if nobody knows it. */
  correct?: boolean;
  /** Whether it has come to its end. */
  complete: boolean;
  /** Why it ends. */
  reason: StopReason;
  /** Tokens generated; `null` if the server does not tell. */
  tokens: number | null;
}

/** What {@link sampleResponses} made. */
export interface SampledResponses {
  /** The responses, in the order of their seeds. */
  responses: SampledResponse[];
  /** What it took to write them. */
  usage: GenerationUsage;
}

/** How often blank responses are drawn anew. */
const mostDraws = 4;
/** Between the seeds of one draw and the next: more than a draw has responses. */
const seedsOfADraw = 4096;

/**
 * Samples responses to a problem, and labels them by their answers alone. A response with nothing in it, which cannot be
 * scored, is drawn anew.
 *
 * @param problem - the prompt, and the right answer, or a solution that says it, if it is known
 * @throws what the generator throws, {@link InvalidInputError} if it writes nothing, or the signal's reason
 */
export async function sampleResponses(
  generator: TextGenerator,
  {prompt, reference}: {prompt: Prompt; reference?: string | undefined},
  {n = 1, prefix = '', seed = 0, extractAnswer: how, algebra, ...options}: SampleOptions = {},
): Promise<SampledResponses> {
  const responses: Unlabelled[] = [];
  const usage = {evaluated: 0, generated: 0};
  for (let draw = 0; draw < mostDraws && responses.length < n; draw++) {
    const generation = await generator.generate({
      ...options,
      prompt,
      prefix,
      n: n - responses.length,
      seed: (seed + draw * seedsOfADraw) % greatestSeed,
    });
    options.signal?.throwIfAborted();
    usage.evaluated += generation.usage.evaluated;
    usage.generated += generation.usage.generated;
    const written = generation.continuations.map(one => sampled(one, prefix, how));
    responses.push(...written.filter(({text}) => text.trim() !== ''));
  }

  if (responses.length < n) {
    throw new InvalidInputError(
      `The model has nothing to say to this prompt: of ${mostDraws} draws ${responses.length} responses are not blank, not ${n}.`,
    );
  }

  const right = reference === undefined ? undefined : referenceAnswer(reference).answer;
  return {responses: await labelled(responses, right, algebra, options.signal), usage};
}

/**
 * The seed for one of many problems: for each another, whichever problems are sampled by the same process.
 *
 * @param seed - of them all
 * @param index - of the problem
 */
export function seedOfProblem(seed: number, index: number): number {
  // murmur3's way to spread a number over all bits.
  let mixed = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 1) % greatestSeed;
}

type Unlabelled = Omit<SampledResponse, 'correct'>;

function sampled(
  {text: written, reason, tokens}: Continuation,
  prefix: string,
  how: AnswerExtractor | undefined,
): Unlabelled {
  const text = prefix + written;
  return {
    text,
    answer: extractAnswer(text, how),
    complete: reason === 'end' || reason === 'stop',
    reason,
    tokens,
  };
}

async function labelled(
  responses: readonly Unlabelled[],
  right: string | undefined,
  algebra: Algebra | undefined,
  signal: AbortSignal | undefined,
): Promise<SampledResponse[]> {
  if (right === undefined) {
    return [...responses];
  }

  const same = await algebra?.among([right, ...responses.map(({answer}) => answer)], {signal});
  return responses.map(({text, answer, ...rest}) => ({
    text,
    answer,
    correct: isRightAnswer(answer, right, same),
    ...rest,
  }));
}
