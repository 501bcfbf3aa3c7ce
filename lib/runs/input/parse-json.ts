import {InvalidInputError} from '../../errors/invalid-input-error.js';

/**
 * Parses the JSON of a record, and says what it may be where it is none.
 *
 * @param bytes - JSON in UTF-8
 * @param name - what to call it in messages, such as `the line`
 * @throws {@link InvalidInputError} if it is no JSON
 */
export function parseJson(bytes: Uint8Array, name: string): unknown {
  const subject = `${name[0]!.toUpperCase()}${name.slice(1)}`;
  let text: string;
  try {
    // A file may begin with a byte order mark, which the decoder takes away.
    text = new TextDecoder('utf-8', {fatal: true}).decode(bytes);
  } catch (cause) {
    throw new InvalidInputError(`${subject} is no valid UTF-8${otherKind(bytes)}`, {cause});
  }

  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidInputError(`${subject} is no valid JSON: ${why}${otherKind(bytes) || otherText(text)}`, {
      cause,
    });
  }
}

const kinds: readonly (readonly [first: readonly number[], what: string])[] = [
  [[0xff, 0xfe], 'it looks like UTF-16: save it as UTF-8'],
  [[0xfe, 0xff], 'it looks like UTF-16: save it as UTF-8'],
  [[0x1f, 0x8b], 'it looks like gzip: give the file a name that ends with .gz'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'it looks like zstd: decompress it first'],
  [[...Buffer.from('PAR1')], 'it looks like Parquet: JSON lines are read'],
  [[...Buffer.from('PK')], 'it looks like a zip archive: decompress it first'],
  [[...Buffer.from('GGUF')], 'it looks like a model: JSON lines are read'],
];

/** What the first bytes of another kind of file say. */
function otherKind(bytes: Uint8Array): string {
  const [, what] = kinds.find(([first]) => first.every((byte, index) => bytes[index] === byte)) ?? [];
  return what === undefined ? '' : ` (${what})`;
}

function otherText(text: string): string {
  const start = text.trimStart();
  if (start.startsWith('{') && !start.trimEnd().endsWith('}')) {
    return ' (a record stands on one line, or is an element of an array)';
  }

  if (start.startsWith('<')) {
    return ' (it looks like HTML or XML: JSON lines are read)';
  }

  return !/[{}[\]]/.test(start) && /[,;\t]/.test(start) ? ' (it looks like CSV: JSON lines are read)' : '';
}
