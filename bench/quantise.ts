import {spawnSync} from 'node:child_process';

/**
 * Writes a model with weights of another type.
 *
 * @param program - the path of llama.cpp's llama-quantize
 * @returns what the program says of each tensor
 */
export function quantise(program: string, from: string, to: string, type: string): string {
  // It speaks on stderr.
  const {status, stderr} = spawnSync(program, [from, to, type], {encoding: 'utf8'});
  if (status !== 0) {
    throw new Error(`llama-quantize failed on ${from}:\n${stderr}`);
  }

  return stderr;
}
