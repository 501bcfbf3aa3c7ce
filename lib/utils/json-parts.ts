/** A field of a JSON object or an element of a JSON array. */
interface JsonPart {
  /** The field's key; `undefined` for an element. */
  key: string | undefined;
  /** The JSON of the value, as it is written. */
  value: string;
}

/**
 * Cuts a JSON object or array into its parts as they are written, so that they can be passed on unchanged: parsing
 * would round numbers above 2^53, such as the ids of many data sets.
 *
 * @param json - a JSON object or array that `JSON.parse` has accepted
 * @returns its fields or elements in order
 */
export function* jsonParts(json: string): Generator<JsonPart, void, undefined> {
  let depth = 0;
  // Where the key or the value that is being passed over begins.
  let start = json.search(/[[{]/u) + 1;
  let key: string | undefined;
  for (let index = start - 1; index < json.length; index++) {
    const character = json[index]!;
    if (character === '"') {
      index = endOfString(json, index);
    } else if (depth === 1 && character === ':') {
      key = JSON.parse(json.slice(start, index));
      start = index + 1;
    } else if (depth === 1 && ',]}'.includes(character)) {
      const value = json.slice(start, index).trim();
      if (value !== '') {
        yield {key, value};
      }

      key = undefined;
      start = index + 1;
    }

    depth += depthChange(character);
  }
}

function depthChange(character: string): number {
  if (character === '{' || character === '[') {
    return 1;
  }

  return character === '}' || character === ']' ? -1 : 0;
}

/** The index of the quote that closes the string which begins at `start`. */
function endOfString(json: string, start: number): number {
  let end = json.indexOf('"', start + 1);
  while (isEscaped(json, end)) {
    end = json.indexOf('"', end + 1);
  }

  return end;
}

function isEscaped(json: string, index: number): boolean {
  let backslashes = 0;
  while (json[index - 1 - backslashes] === '\\') {
    backslashes++;
  }

  return backslashes % 2 === 1;
}

/**
 * Cuts a JSON object into its fields as they are written, see {@link jsonParts}.
 *
 * @param json - a JSON object that `JSON.parse` has accepted
 * @returns the JSON of each field's value by its key; of a key given twice the last value, as `JSON.parse` has it
 */
export function jsonFields(json: string): Map<string, string> {
  return new Map(Array.from(jsonParts(json), ({key, value}) => [key!, value]));
}
