import {Buffer} from 'node:buffer';
import {buildGguf, type ParsedGguf} from '../helpers/raw-gguf.js';
import type {Dice} from './dice.js';
import {mutatedMetadata} from './metadata-mutations.js';
import {mutatedTensors} from './tensor-mutations.js';

/** A mutated file, and what was done to it. */
export interface Mutation {
  what: string;
  bytes: Buffer;
}

const wide = [
  0n,
  1n,
  2n,
  255n,
  65_536n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
];

/** Changes a model in one or two ways, of the bytes or of what they mean. */
export function mutate(bytes: Buffer, parsed: ParsedGguf, dice: Dice): Mutation {
  const kind = dice.below(100);
  if (kind < 20) {
    return flipBytes(bytes, parsed, dice);
  }

  if (kind < 30) {
    return overwriteField(bytes, parsed, dice);
  }

  if (kind < 33) {
    const length = dice.below(dice.chance(0.8) ? parsed.headerEnd : bytes.length);
    return {what: `cut to ${length} bytes`, bytes: bytes.subarray(0, length)};
  }

  const changes: string[] = [];
  let model = {metadata: parsed.metadata, tensors: parsed.tensors};
  for (let count = dice.chance(0.2) ? 2 : 1; count > 0; count--) {
    const {what, gguf} = dice.chance(0.65) ? mutatedMetadata(model, dice) : mutatedTensors(model, dice);
    changes.push(what);
    model = gguf;
  }

  return {what: changes.join(', then '), bytes: buildGguf(model)};
}

function flipBytes(bytes: Buffer, {headerEnd}: ParsedGguf, dice: Dice): Mutation {
  const mutated = Buffer.from(bytes);
  const places = Array.from({length: 1 + dice.below(4)}, () => 4 + dice.below(headerEnd - 4));
  for (const place of places) {
    mutated[place] = dice.chance(0.5) ? mutated[place]! ^ (1 << dice.below(8)) : dice.below(256);
  }

  return {what: `bytes ${places.join(', ')}`, bytes: mutated};
}

function overwriteField(bytes: Buffer, {fields}: ParsedGguf, dice: Dice): Mutation {
  // Half of them are lengths of tokens otherwise.
  const few = fields.filter(({name}) => !name.includes(']'));
  const {name, offset, width} = dice.pick(dice.chance(0.9) ? few : fields);
  const mutated = Buffer.from(bytes);
  const value = dice.chance(0.6) ? dice.pick(wide) : BigInt(dice.below(64));
  if (width === 8) {
    mutated.writeBigUInt64LE(value, offset);
  } else {
    mutated.writeUInt32LE(Number(BigInt.asUintN(32, value)), offset);
  }

  return {what: `${name} := ${value}`, bytes: mutated};
}
