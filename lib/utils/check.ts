import type {z} from 'zod';
import {InvalidInputError} from '../errors/invalid-input-error.js';
import {showValue} from '../errors/show-value.js';

/**
 * Checks a caller's value against a schema.
 *
 * @param schema - what the value has to be
 * @param value - what the caller gave
 * @param name - what to call it in the message, such as `openPair's options`
 * @returns the value as the schema types it
 * @throws {@link InvalidInputError} that names the first place that is wrong, what it is and what it should be
 */
export function check<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  name: string,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) {
    return result.data;
  }

  const issue = result.error.issues[0]!;
  const place = issue.path.length === 0 ? name : `${issue.path.join('.')} in ${name}`;
  throw new InvalidInputError(`${place}: ${issue.message} (it is ${showValue(at(value, issue.path))})`);
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const key of path) {
    current = (current as Record<PropertyKey, unknown> | undefined)?.[key];
  }

  return current;
}
