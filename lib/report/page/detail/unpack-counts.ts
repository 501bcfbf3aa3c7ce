import {base64Bytes} from './base64-bytes.js';

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
