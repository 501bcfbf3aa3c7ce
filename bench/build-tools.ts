import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {findRuntime} from '../lib/engine/native/find-runtime.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const buildDirectory = join(root, 'build', 'bench', 'tools');

/** The programs of `bench/tools`, and the llama.cpp libraries that they are linked with. */
export interface Tools {
  bareDecode: string;
  batchedBench: string;
  bench: string;
  perplexity: string;
  quantize: string;
}

/** Builds the programs, or brings them up to date. Needs CMake and a C++17 compiler; takes about a minute. */
export function buildTools(): Tools {
  if (!existsSync(join(root, 'build', 'llama.cpp', 'include', 'llama.h'))) {
    throw new Error('There is no build/llama.cpp: run npm run build:native first.');
  }

  mkdirSync(buildDirectory, {recursive: true});
  const binaries = dirname(findRuntime().libraries[0]!);
  cmake(['-S', join(root, 'bench', 'tools'), '-B', buildDirectory, `-DIPRM_BINARIES=${binaries}`]);
  cmake(['--build', buildDirectory, '--parallel']);
  const tool = (name: string) => join(buildDirectory, name);
  return {
    bareDecode: tool('bare-decode'),
    batchedBench: tool('llama-batched-bench'),
    bench: tool('llama-bench'),
    perplexity: tool('llama-perplexity'),
    quantize: tool('llama-quantize'),
  };
}

function cmake(args: readonly string[]): void {
  execFileSync('cmake', args, {stdio: ['ignore', 'ignore', 'inherit']});
}
