import {existsSync} from 'node:fs';
import path from 'node:path';
import {files} from '../../scripts/make-pair/recipe.js';
import {buildTools} from '../build-tools.js';
import {quantise} from '../quantise.js';
import {folder} from './data.js';
import type {BaseType} from './plan.js';

/** The base with weights of another type, by llama.cpp's own tool. */
export function quantisedBase(type: BaseType): string {
  if (type === 'F32') {
    return files.base;
  }

  const to = path.join(folder, `base-${type}.gguf`);
  if (!existsSync(to)) {
    quantise(buildTools().quantize, files.base, to, type);
  }

  return to;
}
