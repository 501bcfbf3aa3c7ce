import type {z} from 'zod';
import {InvalidInputError} from '../../errors/invalid-input-error.js';
import {showValue} from '../../errors/show-value.js';
import {check} from '../../utils/check.js';

/** What other data sets call the fields of a record. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  prompt: ['problem', 'question', 'messages', 'conversation', 'instruction', 'query', 'input'],
  problem: ['prompt', 'question', 'messages', 'instruction'],
  response: ['answer', 'solution', 'output', 'completion', 'generation', 'text', 'content'],
  responses: ['response', 'completions', 'outputs', 'samples', 'candidates', 'answers', 'results', 'code'],
  steps: ['response', 'completions', 'solution'],
  text: ['response', 'content', 'completion', 'output'],
  label: ['labels', 'correct', 'error_step'],
};

/**
 * Checks a record, an object, as `check` does, but says of a field that is missing which there are.
 *
 * @param schema - what it has to be
 * @param value - what JSON made of it
 * @param name - what to call it in messages
 * @throws {@link InvalidInputError} that names the first place that is wrong
 */
export function checkRecord<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  name: string,
): z.output<Schema> {
  if (!isObject(value)) {
    throw new InvalidInputError(`${name} has to be an object of JSON, not ${showValue(value)}`);
  }

  const issues = schema.safeParse(value).error?.issues ?? [];
  for (const {path} of issues.slice(0, 1)) {
    const parent = path.slice(0, -1).reduce<unknown>((part, key) => fieldOf(part, key), value);
    const field = path.at(-1);
    if (typeof field === 'string' && isObject(parent) && parent[field] === undefined) {
      const place = path.slice(0, -1).join('.');
      throw missingField([field], parent, place === '' ? name : `${place} in ${name}`);
    }
  }

  return check(schema, value, name);
}

/**
 * Makes the error for a field that is missing.
 *
 * @param fields - the field, or those of which one has to be there
 * @param record - what it is missing in
 * @param name - what to call the record
 */
export function missingField(fields: readonly string[], record: object, name: string): InvalidInputError {
  const there = Object.keys(record);
  const wanted = fields.map(quoted).join(' or ');
  const has = there.length === 0 ? 'no field at all' : there.slice(0, 20).map(quoted).join(', ');
  const meant = likelyField(fields, there);
  const hint = meant ? `; if ${quoted(meant.other)} is what is meant, call it ${quoted(meant.field)}` : '';
  return new InvalidInputError(`${name} has no ${wanted}: it has ${has}${hint}`);
}

/** Which of the fields that are there is likely one that is missing. */
function likelyField(
  fields: readonly string[],
  there: readonly string[],
): {field: string; other: string} | undefined {
  return fields.flatMap(field => [
    ...there.filter(one => one.toLowerCase() === field).map(other => ({field, other})),
    ...(otherNames[field] ?? []).filter(other => there.includes(other)).map(other => ({field, other})),
  ])[0];
}

const quoted = (name: string) => JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}…` : name);

const fieldOf = (value: unknown, key: PropertyKey) =>
  (value as Record<PropertyKey, unknown> | null | undefined)?.[key];

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
