/** The characters that GPT-2's vocabulary writes for bytes: printable ones for themselves, the others from U+0100 on. */
const characters = makeCharacters();

/**
 * Writes bytes as byte-level tokenizers do, one character a byte, as vLLM's `token_strs` have them: a blank is `Ġ`, a line
 * feed `Ċ`. So the length of such a text is that of its bytes, also where a token ends within a character.
 */
export function byteLevelText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    text += characters[byte]!;
  }

  return text;
}

function makeCharacters(): string[] {
  let next = 0x100;
  const isPrintable = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  return Array.from({length: 256}, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++));
}
