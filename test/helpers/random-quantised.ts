import {type BlockType, blockFormats, dequantise} from './dequantise.js';
import {halfBits} from './float16.js';
import {type GgufTensor, readGguf, type TensorType, writeGguf} from './gguf-file.js';

/** Weight types of which random bytes make sensible weights. */
export type RandomType = 'F16' | 'BF16' | BlockType;

/** Writes scales into a block of random bytes that make numbers of a deviation of about 0.06 of it. */
const scales: Record<BlockType, (block: DataView) => void> = {
  Q8_0: block => block.setUint16(0, halfBits(0.0008), true),
  Q4_0: block => block.setUint16(0, halfBits(0.0135), true),
  Q4_K: block => {
    block.setUint16(0, halfBits(0.0004), true);
    block.setUint16(2, halfBits(0.003), true);
  },
  Q6_K: block => block.setUint16(208, halfBits(0.00005), true),
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
  const data = type === 'F16' || type === 'BF16' ? halves(tensor, type) : blocks(tensor, type, random);
  const quantised = {...tensor, type: type as TensorType, data};
  const single = Float32Array.from(dequantise(quantised));
  return {quantised, single: {...tensor, type: 'F32' as const, data: new Uint8Array(single.buffer)}};
}

function blocks({shape}: GgufTensor, type: BlockType, random: () => number): Uint8Array {
  const {elements, bytes} = blockFormats[type];
  const count = shape.reduce((product, size) => product * size, 1) / elements;
  const data = Uint8Array.from({length: count * bytes}, () => Math.floor(random() * 256));
  for (let index = 0; index < count; index++) {
    scales[type](new DataView(data.buffer, index * bytes, bytes));
  }

  return data;
}

function halves({data}: GgufTensor, type: 'F16' | 'BF16'): Uint8Array {
  const source = new Float32Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.length));
  const bits = Uint16Array.from(source, value =>
    type === 'F16' ? halfBits(value) : floatBits(value) >>> 16,
  );
  return new Uint8Array(bits.buffer);
}

const scratch = new DataView(new ArrayBuffer(4));

function floatBits(value: number): number {
  scratch.setFloat32(0, value);
  return scratch.getUint32(0);
}
