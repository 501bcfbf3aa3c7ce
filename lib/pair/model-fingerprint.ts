import {createHash} from 'node:crypto';
import {type FileHandle, open} from 'node:fs/promises';

const kilobyte = 1024;
const startLength = 1024 * kilobyte;
const endLength = 64 * kilobyte;
const probeLength = 16 * kilobyte;
const probeCount = 64;

/**
 * Recognises a model by its content, wherever it lies.
 *
 * @param file - a GGUF file; of a model that is split into several the first, by which llama.cpp loads it
 * @returns a text for each of its files
 */
export async function modelFingerprint(file: string): Promise<string[]> {
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
 * Recognises a file without reading all of it, which may be many gigabytes: by its size and a hash of its first MiB
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
