/**
 * How many bytes of a text each of its tokens stands for, by the strings that a vocabulary has for them: with a character
 * for each byte, as in GPT-2's, or with `▁` for a space and `<0x0A>` for a byte, as in SentencePiece's.
 *
 * @param text - the whole text that the tokens are of
 * @returns `undefined` if the strings, read either way, do not make up the text
 */
export function tokenBytes(text: string, strings: readonly string[]): number[] | undefined {
  const whole = Buffer.from(text);
  for (const read of [byteLevel, sentencePiece]) {
    const lengths = lengthsOf(whole, strings.map(read));
    if (lengths) {
      return lengths;
    }
  }

  return undefined;
}

function lengthsOf(whole: Buffer, pieces: readonly Buffer[]): number[] | undefined {
  const joined = Buffer.concat(pieces);
  const lengths = pieces.map(({length}) => length);
  if (joined.equals(whole)) {
    return lengths;
  }

  // SentencePiece puts a space before a text.
  const [first = 0, ...rest] = lengths;
  return first > 0 && joined[0] === 0x20 && joined.subarray(1).equals(whole)
    ? [first - 1, ...rest]
    : undefined;
}

const characters = byteCharacters();

/** GPT-2's characters for bytes: those that print are themselves, the others are numbered from 256 on. */
function byteCharacters(): Map<string, number> {
  const prints = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  let next = 256;
  return new Map(
    Array.from({length: 256}, (_, byte) => [String.fromCodePoint(prints(byte) ? byte : next++), byte]),
  );
}

function byteLevel(string: string): Buffer {
  const bytes = Array.from(string, character => characters.get(character));
  // A token that was added to the vocabulary is in it as text.
  return bytes.every(byte => byte !== undefined) ? Buffer.from(bytes) : Buffer.from(string);
}

function sentencePiece(string: string): Buffer {
  const [, byte] = /^<0x([0-9a-f]{2})>$/iu.exec(string) ?? [];
  return byte === undefined
    ? Buffer.from(string.replaceAll('▁', ' '))
    : Buffer.from([Number.parseInt(byte, 16)]);
}
