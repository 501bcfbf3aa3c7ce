import {z} from 'zod';
import {parseRecord} from '../../runs/input/parse-record.js';
import {promptSchema} from '../../score/score-schema.js';
import type {Prompt} from '../../text/prompt.js';
import {escapeJson} from '../../utils/escape-json.js';
import {jsonFields} from '../../utils/json-parts.js';

const problemSchema = z.looseObject({
  prompt: promptSchema,
  reference: z.union([z.string(), z.number().transform(String)]).optional(),
});

/** A line of input that is to be answered. */
export interface ProblemLine {
  prompt: Prompt;
  /** The right answer, or a solution that says it, if it is known. */
  reference?: string | undefined;
}

/**
 * Reads a line with a problem.
 *
 * @param bytes - JSON of `{prompt, reference?}`
 * @throws {@link InvalidInputError} for anything else
 */
export function readProblemLine(bytes: Uint8Array): ProblemLine {
  return parseRecord(bytes, problemSchema, 'the problem');
}

/**
 * Writes the line of a problem with what was made of it. What was said of responses before is replaced; other fields stay
 * as they are.
 *
 * @param bytes - the line that was read
 * @param made - fields, those that are `undefined` left out
 */
export function answeredLine(bytes: Uint8Array, made: Readonly<Record<string, unknown>>): string {
  const fields = jsonFields(new TextDecoder().decode(bytes));
  fields.delete('response');
  for (const [name, value] of Object.entries(made)) {
    const json = JSON.stringify(value);
    if (json === undefined) {
      fields.delete(name);
    } else {
      fields.set(name, json);
    }
  }

  const json = Array.from(fields, ([name, value]) => `${JSON.stringify(name)}:${value}`);
  return escapeJson(`{${json.join()}}`);
}
