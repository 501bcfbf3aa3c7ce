import {Buffer} from 'node:buffer';

/** A GGUF file as bytes that may say anything: unlike the helper that writes models, nothing here has to make sense. */
export interface RawGguf {
  metadata: RawValue[];
  tensors: RawTensor[];
}

/** One entry of the metadata. An array has `elementType` and its elements; anything else one element. */
export interface RawValue {
  key: string;
  type: number;
  elementType?: number;
  elements: Buffer[];
}

export interface RawTensor {
  name: string;
  shape: bigint[];
  type: number;
  /** Where the data is to be said to lie; where it does lie if left out. */
  offset?: bigint;
  data: Buffer;
}

/** A number of the file of fixed width, by its place. */
export interface Field {
  name: string;
  offset: number;
  width: 4 | 8;
}

export interface ParsedGguf extends RawGguf {
  /** Counts, lengths, types and sizes. */
  fields: Field[];
  /** Where the list of tensors ends. */
  headerEnd: number;
}

export const stringType = 8;
export const arrayType = 9;
const alignment = 32;
const widths: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};

/** Elements of a block and bytes of a block for the types of tensors, those that no weight may have too. */
export const tensorTypes: ReadonlyMap<number, {elements: number; bytes: number}> = new Map(
  [
    [0, 1, 4],
    [1, 1, 2],
    [2, 32, 18],
    [3, 32, 20],
    [6, 32, 22],
    [7, 32, 24],
    [8, 32, 34],
    [9, 32, 36],
    [10, 256, 84],
    [11, 256, 110],
    [12, 256, 144],
    [13, 256, 176],
    [14, 256, 210],
    [15, 256, 292],
    [16, 256, 66],
    [17, 256, 74],
    [18, 256, 98],
    [19, 256, 50],
    [20, 32, 18],
    [21, 256, 110],
    [22, 256, 82],
    [23, 256, 136],
    [24, 1, 1],
    [25, 1, 2],
    [26, 1, 4],
    [27, 1, 8],
    [28, 1, 8],
    [29, 256, 56],
    [30, 1, 2],
    [34, 256, 54],
    [35, 256, 66],
    [39, 32, 17],
    [40, 64, 36],
  ].map(([type, elements, bytes]) => [type!, {elements: elements!, bytes: bytes!}]),
);

export function parseGguf(bytes: Buffer): ParsedGguf {
  const reader = new Reader(bytes);
  reader.offset = 4;
  reader.u32('version');
  const tensorCount = reader.u64('tensor count');
  const metadataCount = reader.u64('metadata count');
  const metadata = Array.from({length: metadataCount}, () => readValue(reader));
  const headers = Array.from({length: tensorCount}, () => readTensor(reader));
  const dataStart = padded(reader.offset);
  const tensors = headers.map(({name, shape, type, offset}) => {
    const start = dataStart + Number(offset);
    return {name, shape, type, data: bytes.subarray(start, start + dataLength(type, shape))};
  });
  return {metadata, tensors, fields: reader.fields, headerEnd: reader.offset};
}

export function buildGguf({metadata, tensors}: RawGguf): Buffer {
  const header = [
    Buffer.from('GGUF'),
    u32(3),
    u64(tensors.length),
    u64(metadata.length),
    ...metadata.map(value => valueBytes(value)),
  ];
  const data: Buffer[] = [];
  let position = 0;
  for (const {name, shape, type, offset, data: bytes} of tensors) {
    header.push(lengthAndText(name), u32(shape.length), ...shape.map(size => u64(size)));
    header.push(u32(type), u64(offset ?? position));
    data.push(bytes, Buffer.alloc(padded(bytes.length) - bytes.length));
    position += padded(bytes.length);
  }

  const start = Buffer.concat(header);
  return Buffer.concat([start, Buffer.alloc(padded(start.length) - start.length), ...data]);
}

/** The bytes that a tensor of a type and shape has. */
export function dataLength(type: number, shape: readonly bigint[]): number {
  const {elements, bytes} = tensorTypes.get(type) ?? {elements: 1, bytes: 4};
  return Math.ceil(Number(shape.reduce((product, size) => product * size, 1n)) / elements) * bytes;
}

export function u32(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(Number(BigInt.asUintN(32, BigInt(value))));
  return bytes;
}

export function u64(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)));
  return bytes;
}

/** A number as the type of a metadata value has it. */
export function scalar(type: number, value: number | bigint): Buffer {
  const whole = typeof value === 'bigint' || Number.isInteger(value) ? BigInt(value) : 0n;
  switch (type) {
    case 6: {
      const bytes = Buffer.alloc(4);
      bytes.writeFloatLE(Number(value));
      return bytes;
    }

    case 12: {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleLE(Number(value));
      return bytes;
    }

    default:
      return u64(whole).subarray(0, widths[type] ?? 4);
  }
}

function valueBytes({key, type, elementType, elements}: RawValue): Buffer {
  const parts = [lengthAndText(key), u32(type)];
  if (type === arrayType) {
    parts.push(u32(elementType ?? 4), u64(elements.length));
  }

  const isText = (elementType ?? type) === stringType;
  return Buffer.concat([
    ...parts,
    ...elements.flatMap(bytes => (isText ? [u64(bytes.length), bytes] : [bytes])),
  ]);
}

function lengthAndText(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([u64(bytes.length), bytes]);
}

function padded(size: number): number {
  return Math.ceil(size / alignment) * alignment;
}

function readValue(reader: Reader): RawValue {
  const key = reader.text('key').toString();
  const type = reader.u32(`${key}.type`);
  if (type !== arrayType) {
    return {key, type, elements: [readElement(reader, type, key)]};
  }

  const elementType = reader.u32(`${key}.element type`);
  const length = reader.u64(`${key}.length`);
  const elements = Array.from({length}, (_, index) => readElement(reader, elementType, `${key}[${index}]`));
  return {key, type, elementType, elements};
}

function readElement(reader: Reader, type: number, name: string): Buffer {
  return type === stringType ? reader.text(name) : reader.bytes(widths[type] ?? 4);
}

function readTensor(reader: Reader) {
  const name = reader.text('tensor').toString();
  const dimensions = reader.u32(`${name}.dimensions`);
  const shape = Array.from({length: dimensions}, (_, index) => BigInt(reader.u64(`${name}.shape[${index}]`)));
  return {name, shape, type: reader.u32(`${name}.type`), offset: reader.u64(`${name}.offset`)};
}

class Reader {
  offset = 0;
  readonly fields: Field[] = [];
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  u32(name: string): number {
    this.fields.push({name, offset: this.offset, width: 4});
    return this.bytes(4).readUInt32LE();
  }

  u64(name: string): number {
    this.fields.push({name, offset: this.offset, width: 8});
    return Number(this.bytes(8).readBigUInt64LE());
  }

  text(name: string): Buffer {
    return this.bytes(this.u64(`${name}.length`));
  }

  bytes(length: number): Buffer {
    this.offset += length;
    return this.#bytes.subarray(this.offset - length, this.offset);
  }
}
