/** Reads what `packNumbers` wrote. */
export function unpackNumbers(text: string): Float32Array {
  const bytes = base64Bytes(text);
  const words = new Uint32Array(bytes.length / 3);
  for (let index = 0; index < words.length; index++) {
    const [a, b, c] = bytes.subarray(index * 3, index * 3 + 3);
    words[index] = ((a! << 24) | (b! << 16) | (c! << 8)) >>> 0;
  }

  return new Float32Array(words.buffer);
}

/** Reads what `packCounts` wrote. */
export function unpackCounts(text: string): number[] {
  const values: number[] = [];
  let value = 0;
  let shift = 0;
  for (const byte of base64Bytes(text)) {
    value |= (byte & 0x7f) << shift;
    shift += 7;
    if (byte < 0x80) {
      values.push(value);
      value = 0;
      shift = 0;
    }
  }

  return values;
}

/** The bytes that base64 stands for. */
function base64Bytes(text: string): Uint8Array {
  return Uint8Array.from(atob(text), character => character.charCodeAt(0));
}
