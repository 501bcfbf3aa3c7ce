import {createHash} from 'node:crypto';
import type {PairOptions} from '../../pair/pair-options.js';
import {fileFingerprint} from './file-fingerprint.js';

/** What the log-probabilities of a text depend on. */
export type FingerprintedOptions = Pick<
  PairOptions,
  'policy' | 'reference' | 'lora' | 'kvCacheType' | 'flashAttention'
>;

// Part of every fingerprint: to be changed when scoring changes, or the lines of the cache.
const version = 1;

/**
 * Recognises a pair by what its log-probabilities depend on: the content of its files, wherever they lie, and how keys and
 * values are kept.
 *
 * @param options - with paths of files, not URIs
 * @returns a name for the pair, fit for a file
 */
export async function pairFingerprint(options: FingerprintedOptions): Promise<string> {
  const {policy, reference, lora, kvCacheType = 'f16', flashAttention = 'default'} = options;
  const files: (string[] | null)[] = [];
  for (const file of [policy, reference, lora]) {
    files.push(file === undefined ? null : await fingerprintParts(file));
  }

  const identity = JSON.stringify({version, files, kvCacheType, flashAttention});
  return createHash('sha256').update(identity).digest('hex').slice(0, 32);
}

/** All files of a model that is split into several, which llama.cpp loads by the first. */
async function fingerprintParts(file: string): Promise<string[]> {
  const [, stem, count] = /^(.*)-00001-of-(\d{5})\.gguf$/su.exec(file) ?? [];
  if (stem === undefined) {
    return [await fileFingerprint(file)];
  }

  const fingerprints: string[] = [];
  for (let part = 1; part <= Number(count); part++) {
    fingerprints.push(await fileFingerprint(`${stem}-${String(part).padStart(5, '0')}-of-${count}.gguf`));
  }

  return fingerprints;
}
