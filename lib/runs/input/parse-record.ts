import type {z} from 'zod';
import {InvalidInputError} from '../../errors/invalid-input-error.js';
import {check} from '../../utils/check.js';

/**
 * Reads a record of a data set.
 *
 * @param bytes - JSON in UTF-8
 * @param schema - what it has to be
 * @param name - what to call it in messages
 * @throws {@link InvalidInputError} if it is anything else
 */
export function parseRecord<Schema extends z.ZodType>(
  bytes: Uint8Array,
  schema: Schema,
  name: string,
): z.output<Schema> {
  let value: unknown;
  try {
    // A file may begin with a byte order mark, which the decoder takes away.
    value = JSON.parse(new TextDecoder('utf-8', {fatal: true}).decode(bytes));
  } catch (cause) {
    const why = cause instanceof SyntaxError ? `no valid JSON: ${cause.message}` : 'no valid UTF-8';
    throw new InvalidInputError(`${name[0]!.toUpperCase()}${name.slice(1)} is ${why}`, {cause});
  }

  return check(schema, value, name);
}
