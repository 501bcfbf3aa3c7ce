import {Buffer} from 'node:buffer';
import {writeFileSync} from 'node:fs';

/** A tensor of F32 as Hugging Face names and shapes it: outermost dimension first. */
export interface HfTensor {
  name: string;
  shape: readonly number[];
  data: Uint8Array;
}

/** Writes a safetensors file: the length of a JSON header, the header, then the numbers. */
export function writeSafetensors(file: string, tensors: readonly HfTensor[]): void {
  let offset = 0;
  const entries = tensors.map(({name, shape, data}) => {
    const offsets = [offset, offset + data.length];
    offset += data.length;
    return [name, {dtype: 'F32', shape, data_offsets: offsets}];
  });
  const text = JSON.stringify({__metadata__: {format: 'pt'}, ...Object.fromEntries(entries)});
  // The numbers begin at a multiple of eight bytes.
  const header = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  writeFileSync(file, Buffer.concat([length, header, ...tensors.map(({data}) => data)]));
}
