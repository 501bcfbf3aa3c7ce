/**
 * Packs small whole numbers as base64 of LEB128: seven bits a byte, the lowest first, all but the last byte with the
 * highest bit set.
 *
 * @param values - whole numbers from 0 to 2^31 − 1
 */
export function packCounts(values: Iterable<number>): string {
  const bytes: number[] = [];
  for (let value of values) {
    for (; value >= 0x80; value >>>= 7) {
      bytes.push((value & 0x7f) | 0x80);
    }

    bytes.push(value);
  }

  return Buffer.from(bytes).toString('base64');
}

/**
 * Packs numbers as base64 of three bytes each: single precision without its last eight bits, so four to five digits at
 * any size.
 *
 * @param values - numbers that single precision can hold
 */
export function packNumbers(values: ArrayLike<number>): string {
  const bits = new Uint32Array(Float32Array.from(values).buffer);
  const bytes = Buffer.alloc(bits.length * 3);
  for (const [index, word] of bits.entries()) {
    // Rounded, but for the largest of all, which would become infinite.
    const rounded = Math.min(word + 0x80, word < 0x80_00_00_00 ? 0x7f_7f_ff_ff : 0xff_7f_ff_ff);
    bytes.writeUIntBE(rounded >>> 8, index * 3, 3);
  }

  return bytes.toString('base64');
}
