import {z} from 'zod';
import {
  type SampledResponses,
  type SampleOptions,
  sampleResponses,
  seedOfProblem,
} from '../../generate/sample-responses.js';
import type {TextGenerator} from '../../generate/text-generator.js';
import {parseRecord} from '../../runs/input/parse-record.js';
import {promptSchema} from '../../score/score-schema.js';
import {escapeJson} from '../../utils/escape-json.js';
import {jsonFields} from '../../utils/json-parts.js';

const problemSchema = z.looseObject({
  prompt: promptSchema,
  reference: z.union([z.string(), z.number().transform(String)]).optional(),
});

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
  const problem = parseRecord(bytes, problemSchema, 'the problem');
  const seed = seedOfProblem(options.seed, index);
  const sampled = await sampleResponses(generator, problem, {...options, seed});
  const fields = jsonFields(new TextDecoder().decode(bytes));
  fields.delete('response');
  fields.set('responses', JSON.stringify(sampled.responses));
  const json = Array.from(fields, ([name, value]) => `${JSON.stringify(name)}:${value}`);
  return {...sampled, text: escapeJson(`{${json.join()}}`)};
}
