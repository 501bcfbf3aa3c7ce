import {base64Bytes} from './base64-bytes.js';

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
