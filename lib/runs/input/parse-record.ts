import type {z} from 'zod';
import {parseJson} from './parse-json.js';
import {checkRecord} from './record-fields.js';

/**
 * Reads a record of a data set.
 *
 * @param bytes - JSON in UTF-8
 * @param schema - what it has to be
 * @param name - what to call it in messages
 * @throws `InvalidInputError` if it is anything else
 */
export function parseRecord<Schema extends z.ZodType>(
  bytes: Uint8Array,
  schema: Schema,
  name: string,
): z.output<Schema> {
  return checkRecord(schema, parseJson(bytes, name), name);
}
