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
