import {jsonParts} from './json-parts.js';

/**
 * Cuts a JSON object into its fields as they are written, see {@link jsonParts}.
 *
 * @param json - a JSON object that `JSON.parse` has accepted
 * @returns the JSON of each field's value by its key; of a key given twice the last value, as `JSON.parse` has it
 */
export function jsonFields(json: string): Map<string, string> {
  return new Map(Array.from(jsonParts(json), ({key, value}) => [key!, value]));
}
