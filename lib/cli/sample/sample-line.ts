import {
  type SampledResponses,
  type SampleOptions,
  sampleResponses,
  seedOfProblem,
} from '../../generate/sample-responses.js';
import type {TextGenerator} from '../../generate/text-generator.js';
import {answeredLine, readProblemLine} from '../run/problem-line.js';

/** A line of output, and what it took. */
export interface SampledLine extends SampledResponses {
  text: string;
}

/**
 * Samples responses to the problem of a line.
 *
 * @param bytes - JSON of `{prompt, reference?}`; responses that it has already are replaced, other fields stay as they are
 * @param index - of the line: it has a seed of its own
 */
export async function sampleLine(
  generator: TextGenerator,
  bytes: Uint8Array,
  index: number,
  options: SampleOptions & {seed: number},
): Promise<SampledLine> {
  const seed = seedOfProblem(options.seed, index);
  const sampled = await sampleResponses(generator, readProblemLine(bytes), {...options, seed});
  return {...sampled, text: answeredLine(bytes, {responses: sampled.responses})};
}
