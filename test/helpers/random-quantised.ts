import {halfBits} from './float16.js';
import {type GgufTensor, readGguf, type TensorType, writeGguf} from './gguf-file.js';

/** Weight types of which random bytes make sensible weights. */
export type RandomType = 'F16' | 'BF16' | 'Q8_0' | 'Q4_0' | 'Q4_K' | 'Q6_K';

/** What a block of random bytes becomes: its scales set, and the numbers that it then stands for. */
interface Format {
  elements: number;
  bytes: number;
  /** Writes scales into the block that make numbers of a deviation of about 0.06. */
  scale(block: DataView): void;
  decode(block: DataView): number[];
}

const range = (count: number) => Array.from({length: count}, (_, i) => i);

const formats: Record<Exclude<RandomType, 'F16' | 'BF16'>, Format> = {
  Q8_0: {
    ...{elements: 32, bytes: 34},
    scale: block => block.setUint16(0, halfBits(0.0008), true),
    decode: block => range(32).map(i => half(block, 0) * block.getInt8(2 + i)),
  },
  Q4_0: {
    ...{elements: 32, bytes: 18},
    scale: block => block.setUint16(0, halfBits(0.0135), true),
    decode: block => range(32).map(i => half(block, 0) * (nibble(block, 2, i, 16) - 8)),
  },
  Q4_K: {
    ...{elements: 256, bytes: 144},
    scale: block => {
      block.setUint16(0, halfBits(0.0004), true);
      block.setUint16(2, halfBits(0.003), true);
    },
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
    scale: block => block.setUint16(208, halfBits(0.00005), true),
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

/** Copies of a model whose blocks' matrices are random ones of a type, and the same numbers in single precision. */
export function randomQuantised(
  source: string,
  target: string,
  type: RandomType,
  random: () => number,
): {quantised: string; single: string} {
  const {metadata, tensors} = readGguf(source);
  const pairs = tensors.map(tensor =>
    tensor.shape.length === 2 && tensor.name.startsWith('blk.')
      ? randomTensor(tensor, type, random)
      : {quantised: tensor, single: tensor},
  );
  const write = (name: string, kind: 'quantised' | 'single') =>
    writeGguf(`${target}-${name}.gguf`, {metadata, tensors: pairs.map(pair => pair[kind])});
  return {quantised: write(type, 'quantised'), single: write(`${type}-single`, 'single')};
}

function randomTensor(tensor: GgufTensor, type: RandomType, random: () => number) {
  const count = tensor.shape.reduce((product, size) => product * size, 1);
  const {data, values} =
    type === 'F16' || type === 'BF16' ? halves(tensor, type) : blocks(count, type, random);
  return {
    quantised: {...tensor, type: type as TensorType, data},
    single: {...tensor, type: 'F32' as const, data: new Uint8Array(Float32Array.from(values).buffer)},
  };
}

function blocks(count: number, type: keyof typeof formats, random: () => number) {
  const {elements, bytes, scale, decode} = formats[type];
  const data = Uint8Array.from({length: (count / elements) * bytes}, () => Math.floor(random() * 256));
  const values = range(count / elements).flatMap(index => {
    const block = new DataView(data.buffer, index * bytes, bytes);
    scale(block);
    return decode(block);
  });
  return {data, values};
}

function halves({data}: GgufTensor, type: 'F16' | 'BF16') {
  const source = new Float32Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.length));
  const bits = Uint16Array.from(source, value =>
    type === 'F16' ? halfBits(value) : floatBits(value) >>> 16,
  );
  const values = Array.from(bits, value => (type === 'F16' ? halfValue(value) : floatOf(value << 16)));
  return {data: new Uint8Array(bits.buffer), values};
}

const scratch = new DataView(new ArrayBuffer(4));

function floatBits(value: number): number {
  scratch.setFloat32(0, value);
  return scratch.getUint32(0);
}

function floatOf(bits: number): number {
  scratch.setUint32(0, bits);
  return scratch.getFloat32(0);
}

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
