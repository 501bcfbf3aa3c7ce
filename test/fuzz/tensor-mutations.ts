import {Buffer} from 'node:buffer';
import {dataLength, type RawGguf, type RawTensor, tensorTypes} from '../helpers/raw-gguf.js';
import type {Dice} from './dice.js';
import type {Changed} from './metadata-mutations.js';

const sizes = [
  0n,
  1n,
  2n,
  3n,
  31n,
  32n,
  33n,
  63n,
  64n,
  65n,
  128n,
  259n,
  260n,
  261n,
  2n ** 31n,
  2n ** 40n,
  2n ** 63n,
];
const offsets = [1n, 16n, 32n, 2n ** 31n, 2n ** 62n, 2n ** 63n, 2n ** 64n - 32n];
const values = [Number.NaN, Number.POSITIVE_INFINITY, 1e38, -1e38, 0];

/** Removes, doubles, renames or changes a tensor. */
export function mutatedTensors(gguf: RawGguf, dice: Dice): Changed {
  const {tensors} = gguf;
  if (tensors.length === 0) {
    return {what: 'nothing', gguf};
  }

  const index = dice.below(tensors.length);
  const tensor = tensors[index]!;
  const replaced = (what: string, ...others: RawTensor[]): Changed => ({
    what: `${tensor.name} ${what}`,
    gguf: {...gguf, tensors: tensors.toSpliced(index, 1, ...others)},
  });
  switch (dice.below(10)) {
    case 0:
      return replaced('left out');
    case 1:
      return dice.chance(0.2)
        ? replaced('twice', tensor, tensor)
        : replaced('renamed', {...tensor, name: otherName(tensor, dice)});
    case 2:
    case 3:
    case 4:
    case 5: {
      const type = dice.pick([...tensorTypes.keys()]);
      // Most of them as long as the type has it: the other ones are seen through by their length alone.
      const data = dice.chance(0.9) ? filled(tensor, dataLength(type, tensor.shape)) : tensor.data;
      return replaced(`of type ${type}`, {...tensor, type, data});
    }

    case 6:
    case 7: {
      const shape = otherShape(tensor, dice);
      const length = dataLength(tensor.type, shape);
      const data = length < 1e6 && length >= 0 && dice.chance(0.7) ? filled(tensor, length) : tensor.data;
      return replaced(`of shape ${shape.join(' × ')}`, {...tensor, shape, data});
    }

    case 8: {
      const offset = dice.pick(offsets);
      return replaced(`at ${offset}`, {...tensor, offset});
    }

    default: {
      const value = dice.pick(values);
      const floats = new Float32Array(Math.floor(tensor.data.length / 4)).fill(value);
      return replaced(`all ${value}`, {...tensor, data: Buffer.from(floats.buffer)});
    }
  }
}

function filled({data}: RawTensor, length: number): Buffer {
  return data.length === 0 ? Buffer.alloc(length) : Buffer.alloc(length, data);
}

function otherName({name}: RawTensor, dice: Dice): string {
  return dice.pick([
    '',
    'x'.repeat(63),
    'x'.repeat(64),
    `${name}x`,
    name.replace(/blk\.\d+/u, 'blk.99'),
    name.replace('weight', 'bias'),
    'output.weight',
    'rope_freqs.weight',
  ]);
}

function otherShape({shape}: RawTensor, dice: Dice): bigint[] {
  switch (dice.below(4)) {
    case 0:
      return [...shape, dice.pick([1n, 2n])];
    case 1:
      return shape.slice(0, -1);
    case 2:
      return shape.toReversed();
    default:
      return shape.with(dice.below(shape.length), dice.pick(sizes));
  }
}
