import {existsSync, mkdirSync, renameSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {Tools} from './build-tools.js';
import {quantise} from './quantise.js';
import {type ShapeName, writeRandomModel} from './random-model.js';

const directory = fileURLToPath(new URL('../build/bench/models', import.meta.url));

export type Quantisation = 'BF16' | 'Q8_0' | 'Q4_K_M';

/** A pair to measure with. */
export interface BenchPair {
  name: string;
  policy: string;
  reference: string;
}

/** The files of a pair with random weights, made unless they are there from an earlier run. */
export function randomPair(shape: ShapeName, quantisation: Quantisation, tools: Tools): BenchPair {
  return {
    name: `Qwen2.5 ${shape} shape, ${quantisation}`,
    policy: randomModel(shape, quantisation, 1, tools),
    reference: randomModel(shape, quantisation, 2, tools),
  };
}

function randomModel(shape: ShapeName, quantisation: Quantisation, seed: number, tools: Tools): string {
  mkdirSync(directory, {recursive: true});
  const file = (type: string) => join(directory, `qwen2.5-${shape}-random-${seed}-${type}.gguf`);
  // Written under another name first: a run that is stopped leaves nothing that looks whole.
  if (!existsSync(file('BF16'))) {
    const unfinished = join(directory, 'unfinished');
    mkdirSync(unfinished, {recursive: true});
    renameSync(writeRandomModel(unfinished, shape, seed), file('BF16'));
  }

  if (!existsSync(file(quantisation))) {
    quantise(tools.quantize, file('BF16'), file('unfinished'), quantisation);
    renameSync(file('unfinished'), file(quantisation));
  }

  return file(quantisation);
}
