const scratch = new DataView(new ArrayBuffer(4));

/** The bits of the half-precision number nearest to `value`, ties to even, as ggml converts on CPUs with F16C. */
export function halfBits(value: number): number {
  const bits = floatBits(value);
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  return sign | magnitudeBits(magnitude, Math.abs(value));
}

function magnitudeBits(magnitude: number, value: number): number {
  if (magnitude > 0x7f800000) return 0x7e00; // not a number
  if (magnitude >= 0x47800000) return 0x7c00; // 65536 and more: infinity
  // Below the normal halves: the last place of a float next to 0.5 is that of the subnormal halves.
  if (magnitude < 0x38800000) return floatBits(value + 0.5) - floatBits(0.5);
  const roundedDown = magnitude - 0x38000000; // another exponent bias
  return (roundedDown + 0xfff + ((roundedDown >>> 13) & 1)) >>> 13;
}

function floatBits(value: number): number {
  scratch.setFloat32(0, value);
  return scratch.getUint32(0);
}

/** Little-endian F32 bytes as little-endian F16 bytes. */
export function toHalves(data: Uint8Array): Uint8Array {
  const source = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const target = new DataView(new ArrayBuffer(data.length / 2));
  for (let i = 0; i < data.length / 4; i++) {
    target.setUint16(i * 2, halfBits(source.getFloat32(i * 4, true)), true);
  }
  return new Uint8Array(target.buffer);
}
