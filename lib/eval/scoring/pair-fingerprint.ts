import {createHash} from 'node:crypto';
import {type FileHandle, open} from 'node:fs/promises';
import type {PairOptions} from '../../pair/pair-options.js';
import {defaultDate, type RenderingOptions, textVersion} from '../../text/rendering.js';

const kilobyte = 1024;
const startLength = 1024 * kilobyte;
const endLength = 64 * kilobyte;
const probeLength = 16 * kilobyte;
const probeCount = 64;

/** What the log-probabilities of a text depend on. */
export type FingerprintedOptions = Pick<
  PairOptions,
  'policy' | 'reference' | 'lora' | 'kvCacheType' | 'flashAttention' | keyof RenderingOptions
> & {
  /** The source of the policy's chat template: with the rendering's options it makes the text that is scored. */
  chatTemplate?: string | null;
};

// Part of every fingerprint: to be changed when scoring changes, or the lines of the cache.
const version = 1;

/**
 * Recognises a pair by what its log-probabilities depend on: the content of its files, wherever they lie, how keys and
 * values are kept, and all that makes a text of messages.
 *
 * @param options - with paths of files, not URIs
 * @returns a name for the pair, fit for a file
 */
export async function pairFingerprint(options: FingerprintedOptions): Promise<string> {
  const {policy, reference, lora, kvCacheType = 'f16', flashAttention = 'default'} = options;
  const {chatTemplate = null, rendering = null, templateArguments = {}, date = defaultDate} = options;
  const files: (string[] | null)[] = [];
  for (const file of [policy, reference, lora]) {
    files.push(file === undefined ? null : await fingerprintParts(file));
  }

  const identity = JSON.stringify({
    ...{version, files, kvCacheType, flashAttention},
    text: {textVersion, chatTemplate, rendering, templateArguments, date},
  });
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

/**
 * Recognises a model file without reading all of it, which may be many gigabytes: by its size and a hash of its first MiB
 * (where the metadata is), its last 64 KiB, and 64 places spread evenly over it, since models of one family may differ in
 * some layers only.
 *
 * @returns the size and the hash, as text
 */
async function fileFingerprint(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const {size} = await handle.stat();
    const hash = createHash('sha256');
    hash.update(await bytesAt(handle, 0, startLength));
    for (let probe = 1; probe <= probeCount; probe++) {
      hash.update(await bytesAt(handle, Math.floor((size * probe) / (probeCount + 1)), probeLength));
    }

    hash.update(await bytesAt(handle, Math.max(0, size - endLength), endLength));
    return `${size}-${hash.digest('hex').slice(0, 32)}`;
  } finally {
    await handle.close();
  }
}

async function bytesAt(handle: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const {buffer, bytesRead} = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
