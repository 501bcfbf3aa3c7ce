/**
 * Turns byte offsets in the UTF-8 form of a text into indices of the string.
 *
 * @param text - well-formed UTF-16
 * @param byteOffsets - ascending, none beyond the text's length in bytes
 * @returns for each offset the index of the character that the byte belongs to
 */
export function utf16Offsets(text: string, byteOffsets: ArrayLike<number>): Uint32Array {
  const offsets = new Uint32Array(byteOffsets.length);
  let next = 0;
  let bytes = 0;
  for (let index = 0; index < text.length && next < offsets.length; ) {
    const codePoint = text.codePointAt(index)!;
    bytes += utf8Length(codePoint);
    while (next < offsets.length && byteOffsets[next]! < bytes) {
      offsets[next++] = index;
    }

    index += codePoint > 0xff_ff ? 2 : 1;
  }

  return offsets.fill(text.length, next);
}

function utf8Length(codePoint: number): number {
  if (codePoint < 0x80) {
    return 1;
  }

  return codePoint < 0x8_00 ? 2 : codePoint < 0x1_00_00 ? 3 : 4;
}
