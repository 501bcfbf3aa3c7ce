import {closeSync, openSync, readFileSync, writeFileSync} from 'node:fs';

/** The types of single metadata values, numbered as in the file. */
const scalarTypeNumbers = {
  u8: 0,
  i8: 1,
  u16: 2,
  i16: 3,
  u32: 4,
  i32: 5,
  f32: 6,
  bool: 7,
  str: 8,
  u64: 10,
  i64: 11,
  f64: 12,
} as const;

const arrayTypeNumber = 9;

export type ScalarType = keyof typeof scalarTypeNumbers;
export type Scalar = number | bigint | boolean | string;

export type MetadataValue =
  | {readonly type: 'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'i32' | 'f32' | 'f64'; readonly value: number}
  | {readonly type: 'u64' | 'i64'; readonly value: bigint}
  | {readonly type: 'bool'; readonly value: boolean}
  | {readonly type: 'str'; readonly value: string}
  | {readonly type: 'arr'; readonly elementType: ScalarType; readonly value: readonly Scalar[]};

/** Tensor types: the number in the file, the elements of a block, and the bytes of a block. */
const tensorTypes = {
  F32: {number: 0, elements: 1, bytes: 4},
  F16: {number: 1, elements: 1, bytes: 2},
  Q4_0: {number: 2, elements: 32, bytes: 18},
  Q4_1: {number: 3, elements: 32, bytes: 20},
  Q5_0: {number: 6, elements: 32, bytes: 22},
  Q5_1: {number: 7, elements: 32, bytes: 24},
  Q8_0: {number: 8, elements: 32, bytes: 34},
  Q2_K: {number: 10, elements: 256, bytes: 84},
  Q3_K: {number: 11, elements: 256, bytes: 110},
  Q4_K: {number: 12, elements: 256, bytes: 144},
  Q5_K: {number: 13, elements: 256, bytes: 176},
  Q6_K: {number: 14, elements: 256, bytes: 210},
  I8: {number: 24, elements: 1, bytes: 1},
  I16: {number: 25, elements: 1, bytes: 2},
  I32: {number: 26, elements: 1, bytes: 4},
  I64: {number: 27, elements: 1, bytes: 8},
  F64: {number: 28, elements: 1, bytes: 8},
  BF16: {number: 30, elements: 1, bytes: 2},
} as const;

export type TensorType = keyof typeof tensorTypes;

export interface GgufTensor {
  readonly name: string;
  /** Innermost dimension first, as in the file: `[width, tokens]` for an embedding. */
  readonly shape: readonly number[];
  readonly type: TensorType;
  readonly data: Uint8Array;
}

export interface GgufFile {
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  readonly tensors: readonly GgufTensor[];
}

export function u16(value: number): MetadataValue {
  return {type: 'u16', value};
}

export function u32(value: number): MetadataValue {
  return {type: 'u32', value};
}

export function i32(value: number): MetadataValue {
  return {type: 'i32', value};
}

export function f32(value: number): MetadataValue {
  return {type: 'f32', value};
}

export function bool(value: boolean): MetadataValue {
  return {type: 'bool', value};
}

export function str(value: string): MetadataValue {
  return {type: 'str', value};
}

export function arr(elementType: ScalarType, value: readonly Scalar[]): MetadataValue {
  return {type: 'arr', elementType, value};
}

const magic = 0x46554747; // 'GGUF'
const version = 3;
const defaultAlignment = 32;

export function readGguf(path: string): GgufFile {
  const reader = new Reader(readFileSync(path));
  if (reader.u32() !== magic) throw new Error(`${path}: not a GGUF file`);
  const found = reader.u32();
  if (found !== version) throw new Error(`${path}: GGUF version ${found}, expected ${version}`);
  const tensorCount = reader.size();
  const metadataCount = reader.size();
  const metadata = readMetadata(reader, metadataCount);
  const headers = repeat(tensorCount, () => readTensorHeader(reader));
  const start = padded(reader.offset, alignmentOf(metadata));
  return {metadata, tensors: headers.map(header => tensorWithData(reader, start, header))};
}

/** Writes what llama.cpp's own writer would write, byte for byte. Returns the path. */
export function writeGguf(path: string, {metadata, tensors}: GgufFile): string {
  const alignment = alignmentOf(metadata);
  const header = headerBytes(metadata, tensors, alignment);
  const file = openSync(path, 'w');
  try {
    writeFileSync(file, header);
    for (const {data} of tensors) {
      writeFileSync(file, data);
      writeFileSync(file, new Uint8Array(padded(data.length, alignment) - data.length));
    }
  } finally {
    closeSync(file);
  }
  return path;
}

/**
 * Writes `PREFIX-00001-of-0000N.gguf` and so on as llama.cpp's gguf-split does, with the tensors spread evenly.
 * Returns the paths; a model is loaded by the first.
 */
export function writeSplitGguf(prefix: string, {metadata, tensors}: GgufFile, count: number): string[] {
  if (count < 1 || count > tensors.length) {
    throw new RangeError(`Cannot split ${tensors.length} tensors over ${count} files`);
  }
  return repeat(count, index => {
    const first = Math.ceil((index * tensors.length) / count);
    const end = Math.ceil(((index + 1) * tensors.length) / count);
    // Only the first file tells what the model is; the others have the split keys alone.
    const base = index === 0 ? metadata : new Map<string, MetadataValue>();
    return writeGguf(splitPath(prefix, index, count), {
      metadata: withSplitKeys(base, index, count, tensors.length),
      tensors: tensors.slice(first, end),
    });
  });
}

export function splitPath(prefix: string, index: number, count: number): string {
  const fiveDigits = (value: number) => String(value).padStart(5, '0');
  return `${prefix}-${fiveDigits(index + 1)}-of-${fiveDigits(count)}.gguf`;
}

export function tensorBytes(type: TensorType, shape: readonly number[]): number {
  const {elements, bytes} = tensorTypes[type];
  return (elementCount(shape) / elements) * bytes;
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function withSplitKeys(
  metadata: ReadonlyMap<string, MetadataValue>,
  index: number,
  count: number,
  tensorCount: number,
): Map<string, MetadataValue> {
  const result = new Map(metadata);
  // gguf-split sets the count last, after all else, whatever the file had before.
  for (const key of ['split.no', 'split.tensors.count', 'split.count']) result.delete(key);
  return result
    .set('split.no', u16(index))
    .set('split.tensors.count', i32(tensorCount))
    .set('split.count', u16(count));
}

function alignmentOf(metadata: ReadonlyMap<string, MetadataValue>): number {
  const value = metadata.get('general.alignment');
  return value?.type === 'u32' ? value.value : defaultAlignment;
}

function padded(size: number, alignment: number): number {
  return Math.ceil(size / alignment) * alignment;
}

function repeat<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({length: count}, (_, index) => make(index));
}

function readMetadata(reader: Reader, count: number): Map<string, MetadataValue> {
  const metadata = new Map<string, MetadataValue>();
  for (let i = 0; i < count; i++) {
    const key = reader.string();
    metadata.set(key, readValue(reader));
  }
  return metadata;
}

function readValue(reader: Reader): MetadataValue {
  const number = reader.u32();
  if (number !== arrayTypeNumber) {
    const type = scalarTypeOf(number);
    // The reader returns what goes with the type, which the type system cannot follow through a table.
    return {type, value: readScalar(reader, type)} as MetadataValue;
  }
  const elementType = scalarTypeOf(reader.u32());
  const length = reader.size();
  return {type: 'arr', elementType, value: repeat(length, () => readScalar(reader, elementType))};
}

const scalarTypesByNumber = new Map(
  Object.entries(scalarTypeNumbers).map(([type, number]): [number, ScalarType] => [
    number,
    type as ScalarType,
  ]),
);

function scalarTypeOf(number: number): ScalarType {
  const type = scalarTypesByNumber.get(number);
  if (!type) throw new Error(`Unsupported GGUF metadata type ${number}`);
  return type;
}

const tensorTypesByNumber = new Map(
  Object.entries(tensorTypes).map(([type, {number}]): [number, TensorType] => [number, type as TensorType]),
);

interface TensorHeader {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: TensorType;
  readonly offset: number;
}

function readTensorHeader(reader: Reader): TensorHeader {
  const name = reader.string();
  const shape = repeat(reader.u32(), () => reader.size());
  const number = reader.u32();
  const type = tensorTypesByNumber.get(number);
  if (!type) throw new Error(`${name}: unsupported GGML tensor type ${number}`);
  return {name, shape, type, offset: reader.size()};
}

function tensorWithData(
  reader: Reader,
  start: number,
  {name, shape, type, offset}: TensorHeader,
): GgufTensor {
  return {name, shape, type, data: reader.bytesAt(start + offset, tensorBytes(type, shape))};
}

function headerBytes(
  metadata: ReadonlyMap<string, MetadataValue>,
  tensors: readonly GgufTensor[],
  alignment: number,
): Uint8Array {
  const writer = new Writer();
  writer.u32(magic);
  writer.u32(version);
  writer.size(tensors.length);
  writer.size(metadata.size);
  for (const [key, value] of metadata) {
    writer.string(key);
    writeValue(writer, value);
  }
  writeTensorHeaders(writer, tensors, alignment);
  return writer.bytes(padded(writer.length, alignment));
}

function writeValue(writer: Writer, value: MetadataValue): void {
  if (value.type !== 'arr') {
    writer.u32(scalarTypeNumbers[value.type]);
    writeScalar(writer, value.type, value.value);
    return;
  }
  writer.u32(arrayTypeNumber);
  writer.u32(scalarTypeNumbers[value.elementType]);
  writer.size(value.value.length);
  for (const element of value.value) writeScalar(writer, value.elementType, element);
}

function writeTensorHeaders(writer: Writer, tensors: readonly GgufTensor[], alignment: number): void {
  let offset = 0;
  for (const {name, shape, type, data} of tensors) {
    const expected = tensorBytes(type, shape);
    if (data.length !== expected)
      throw new Error(`${name}: ${data.length} bytes of data, expected ${expected}`);
    writer.string(name);
    writer.u32(shape.length);
    for (const size of shape) writer.size(size);
    writer.u32(tensorTypes[type].number);
    writer.size(offset);
    offset += padded(data.length, alignment);
  }
}

function readScalar(reader: Reader, type: ScalarType): Scalar {
  switch (type) {
    case 'str':
      return reader.string();
    case 'bool':
      return reader.number('u8') !== 0;
    case 'u64':
    case 'i64':
      return reader.bigint(type);
    default:
      return reader.number(type);
  }
}

function writeScalar(writer: Writer, type: ScalarType, value: Scalar): void {
  if (type === 'str' && typeof value === 'string') writer.string(value);
  else if (type === 'bool' && typeof value === 'boolean') writer.number('u8', Number(value));
  else if ((type === 'u64' || type === 'i64') && typeof value === 'bigint') writer.bigint(type, value);
  else if (isNumberType(type) && typeof value === 'number') writer.number(type, value);
  else throw new TypeError(`A ${typeof value} does not fit the GGUF type ${type}`);
}

/** How DataView reads and writes each type of number. */
const numberMethods = {
  u8: {size: 1, get: 'getUint8', set: 'setUint8'},
  i8: {size: 1, get: 'getInt8', set: 'setInt8'},
  u16: {size: 2, get: 'getUint16', set: 'setUint16'},
  i16: {size: 2, get: 'getInt16', set: 'setInt16'},
  u32: {size: 4, get: 'getUint32', set: 'setUint32'},
  i32: {size: 4, get: 'getInt32', set: 'setInt32'},
  f32: {size: 4, get: 'getFloat32', set: 'setFloat32'},
  f64: {size: 8, get: 'getFloat64', set: 'setFloat64'},
} as const;

type NumberType = keyof typeof numberMethods;

function isNumberType(type: ScalarType): type is NumberType {
  return type in numberMethods;
}

// Fatal, so that no text changes silently on its way through; a token may be a byte-order mark, which must stay.
const utf8 = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});

class Reader {
  offset = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  number(type: NumberType): number {
    const {size, get} = numberMethods[type];
    return this.#view[get](this.#advance(size), true);
  }

  bigint(type: 'u64' | 'i64'): bigint {
    const offset = this.#advance(8);
    return type === 'u64' ? this.#view.getBigUint64(offset, true) : this.#view.getBigInt64(offset, true);
  }

  u32(): number {
    return this.number('u32');
  }

  size(): number {
    return Number(this.bigint('u64'));
  }

  string(): string {
    const length = this.size();
    return utf8.decode(this.bytesAt(this.#advance(length), length));
  }

  bytesAt(offset: number, length: number): Uint8Array {
    if (offset + length > this.#bytes.length) throw new RangeError('The GGUF file ends too early');
    return this.#bytes.subarray(offset, offset + length);
  }

  #advance(size: number): number {
    const {offset} = this;
    this.offset += size;
    return offset;
  }
}

class Writer {
  length = 0;
  #buffer = Buffer.alloc(64 * 1024);

  number(type: NumberType, value: number): void {
    const {size, set} = numberMethods[type];
    const offset = this.#reserve(size);
    this.#view(offset, size)[set](0, value, true);
  }

  bigint(type: 'u64' | 'i64', value: bigint): void {
    const view = this.#view(this.#reserve(8), 8);
    if (type === 'u64') view.setBigUint64(0, value, true);
    else view.setBigInt64(0, value, true);
  }

  u32(value: number): void {
    this.number('u32', value);
  }

  size(value: number): void {
    this.bigint('u64', BigInt(value));
  }

  string(value: string): void {
    const length = Buffer.byteLength(value);
    this.size(length);
    const offset = this.#reserve(length);
    this.#buffer.write(value, offset);
  }

  /** Everything written so far, filled up with zeros to the given length. */
  bytes(length: number): Uint8Array {
    this.#reserve(length - this.length);
    return this.#buffer.subarray(0, length);
  }

  #view(offset: number, size: number): DataView {
    return new DataView(this.#buffer.buffer, this.#buffer.byteOffset + offset, size);
  }

  #reserve(size: number): number {
    const offset = this.length;
    this.length += size;
    if (this.length > this.#buffer.length) {
      // Doubled, so that a vocabulary of many thousand tokens is not copied once per token.
      const larger = Buffer.alloc(Math.max(this.length, this.#buffer.length * 2));
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    return offset;
  }
}
