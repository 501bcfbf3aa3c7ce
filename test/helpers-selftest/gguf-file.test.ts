import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import test from 'ava';
import {halfBits} from '../helpers/float16.js';
import {arr, type GgufFile, readGguf, writeGguf, writeSplitGguf} from '../helpers/gguf-file.js';
import {policyFile} from '../helpers/tiny-models.js';

const directory = mkdtempSync(join(tmpdir(), 'implicit-prm-gguf-'));

test.after.always(() => rmSync(directory, {recursive: true, force: true}));

test('a model written back is equal, in structure and in bytes', t => {
  const model = readGguf(policyFile);
  const copy = writeGguf(join(directory, 'copy.gguf'), model);
  // Not deepEqual: its report of a difference in megabytes of tensors would take minutes.
  t.true(isDeepStrictEqual(readGguf(copy), model));
  t.true(readFileSync(copy).equals(readFileSync(policyFile)));
});

test('the shipped model is read as what it is', t => {
  const {metadata, tensors} = readGguf(policyFile);
  t.deepEqual(metadata.get('llama.embedding_length'), {type: 'u32', value: 128});
  t.deepEqual(metadata.get('tokenizer.ggml.add_bos_token'), {type: 'bool', value: false});
  t.deepEqual(metadata.get('tokenizer.ggml.merges'), arr('str', ['ÿ þ']));
  t.is(tensors.length, 38);
  t.deepEqual(tensors[0]?.shape, [128, 260]);
});

test('every metadata type survives', t => {
  const metadata: GgufFile['metadata'] = new Map([
    ['u8', {type: 'u8', value: 255}],
    ['i8', {type: 'i8', value: -128}],
    ['u16', {type: 'u16', value: 65535}],
    ['i16', {type: 'i16', value: -32768}],
    ['u32', {type: 'u32', value: 4294967295}],
    ['i32', {type: 'i32', value: -2147483648}],
    ['u64', {type: 'u64', value: 18446744073709551615n}],
    ['i64', {type: 'i64', value: -9223372036854775808n}],
    ['f32', {type: 'f32', value: 0.5}],
    ['f64', {type: 'f64', value: 0.1}],
    ['bool', {type: 'bool', value: true}],
    ['str', {type: 'str', value: '\ufeffgrüße 🦙'}],
    ['empty', arr('str', [])],
    ['bools', arr('bool', [true, false])],
    ['i64s', arr('i64', [-1n, 1n])],
  ]);
  const path = writeGguf(join(directory, 'types.gguf'), {metadata, tensors: []});
  t.deepEqual(readGguf(path), {metadata, tensors: []});
});

test('split files hold all tensors once, and the metadata in the first', t => {
  const model = readGguf(policyFile);
  const paths = writeSplitGguf(join(directory, 'part'), model, 3);
  const parts = paths.map(readGguf);
  t.deepEqual(
    paths.map(path => basename(path)),
    ['part-00001-of-00003.gguf', 'part-00002-of-00003.gguf', 'part-00003-of-00003.gguf'],
  );
  t.true(
    isDeepStrictEqual(
      parts.flatMap(part => part.tensors),
      model.tensors,
    ),
  );
  t.is(parts[0]?.metadata.size, model.metadata.size + 3);
  t.deepEqual(
    [...(parts[2]?.metadata ?? [])],
    [
      ['split.no', {type: 'u16', value: 2}],
      ['split.tensors.count', {type: 'i32', value: 38}],
      ['split.count', {type: 'u16', value: 3}],
    ],
  );
});

test('half precision rounds to nearest, ties to even', t => {
  const expected: readonly (readonly [number, number])[] = [
    [0, 0],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [65504, 0x7bff],
    [65519, 0x7bff],
    [65520, 0x7c00],
    [1e9, 0x7c00],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -25, 0],
    [3 * 2 ** -25, 0x0002],
    [Number.NEGATIVE_INFINITY, 0xfc00],
  ];
  for (const [value, bits] of expected) t.is(halfBits(value), bits, String(value));
});
