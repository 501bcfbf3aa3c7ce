import type {GgufTensor, TensorType} from './gguf-file.js';

/** How a quantised type stores its numbers: blocks of bytes, and the numbers that one stands for. */
interface BlockFormat {
  elements: number;
  bytes: number;
  decode(block: DataView): number[];
}

/** Types whose numbers stand in blocks that have scales. */
export type BlockType = 'Q8_0' | 'Q4_0' | 'Q4_K' | 'Q6_K';

const range = (count: number) => Array.from({length: count}, (_, i) => i);

/** Written down from the layout of the format, and nothing of it shared with llama.cpp. */
export const blockFormats: Record<BlockType, BlockFormat> = {
  Q8_0: {
    ...{elements: 32, bytes: 34},
    decode: block => range(32).map(i => half(block, 0) * block.getInt8(2 + i)),
  },
  Q4_0: {
    ...{elements: 32, bytes: 18},
    decode: block => range(32).map(i => half(block, 0) * (nibble(block, 2, i, 16) - 8)),
  },
  Q4_K: {
    ...{elements: 256, bytes: 144},
    decode: block =>
      range(256).map(i => {
        const [scale, least] = fourBitScale(block, i >> 5);
        const byte = block.getUint8(16 + ((i >> 6) << 5) + (i & 31));
        const value = (i & 32) === 0 ? byte & 15 : byte >> 4;
        return half(block, 0) * scale * value - half(block, 2) * least;
      }),
  },
  Q6_K: {
    ...{elements: 256, bytes: 210},
    decode: block =>
      range(256).map(i => {
        const [part, row, k] = [i >> 7, (i >> 5) & 3, i & 31];
        const low = block.getUint8(64 * part + 32 * (row & 1) + k);
        const high = (block.getUint8(128 + 32 * part + k) >> (2 * row)) & 3;
        const value = ((row < 2 ? low & 15 : low >> 4) | (high << 4)) - 32;
        return half(block, 208) * block.getInt8(192 + (i >> 4)) * value;
      }),
  },
};

/** The numbers that a tensor stands for, in double precision. */
export function dequantise({name, type, data}: GgufTensor): Float64Array<ArrayBuffer> {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  if (type in blockFormats) {
    const {bytes, decode} = blockFormats[type as BlockType];
    return Float64Array.from(
      range(data.length / bytes).flatMap(index =>
        decode(new DataView(data.buffer, data.byteOffset + index * bytes, bytes)),
      ),
    );
  }

  const read = readers[type];
  if (!read) {
    throw new Error(`${name} is ${type}, which nobody has written down yet.`);
  }

  const [size, number] = read;
  return Float64Array.from({length: data.length / size}, (_, index) => number(view, index * size));
}

/** How many bytes a number of a type has, and the number that they are. */
const readers: Partial<Record<TensorType, [number, (view: DataView, offset: number) => number]>> = {
  F32: [4, (view, offset) => view.getFloat32(offset, true)],
  F16: [2, half],
  BF16: [2, (view, offset) => floatOf(view.getUint16(offset, true) << 16)],
};

const scratch = new DataView(new ArrayBuffer(4));

/** The single-precision number of these bits. */
function floatOf(bits: number): number {
  scratch.setUint32(0, bits);
  return scratch.getFloat32(0);
}

/** The half-precision number of these bits. */
function halfValue(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  const magnitude = exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15);
  return bits & 0x8000 ? -magnitude : magnitude;
}

function half(block: DataView, offset: number): number {
  return halfValue(block.getUint16(offset, true));
}

/** Low halves of all bytes come first, then high ones. */
function nibble(block: DataView, offset: number, index: number, bytes: number): number {
  const byte = block.getUint8(offset + (index % bytes));
  return index < bytes ? byte & 15 : byte >> 4;
}

/** The scale and the least value of a group of Q4_K, six bits each, packed into twelve bytes. */
function fourBitScale(block: DataView, group: number): [number, number] {
  const byte = (index: number) => block.getUint8(4 + index);
  if (group < 4) {
    return [byte(group) & 63, byte(group + 4) & 63];
  }

  return [
    (byte(group + 4) & 15) | ((byte(group - 4) >> 6) << 4),
    (byte(group + 4) >> 4) | ((byte(group) >> 6) << 4),
  ];
}
