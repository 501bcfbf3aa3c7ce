import {open, stat} from 'node:fs/promises';
import path from 'node:path';
import {ModelError} from '../errors/model-error.js';

/** How a download is going, in bytes. */
export interface DownloadProgress {
  loaded: number;
  total: number;
}

export interface LocateOptions {
  /** Where downloads go and are looked for; node-llama-cpp's own models folder if left out. */
  directory?: string | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

const uri = /^(?:hf|huggingface|hf\.co|https?|modelscope|file):/iu;

/**
 * Finds the file of a model: a path is checked, a URI that node-llama-cpp knows (`hf:user/model:quant`, `https://…`) is
 * downloaded unless it was before.
 *
 * @returns the absolute path of a GGUF file
 * @throws {@link ModelError} `INVALID_MODEL` or `DOWNLOAD_FAILED`
 */
export async function locateModel(model: string, options: LocateOptions = {}): Promise<string> {
  const file = uri.test(model) ? await download(model, options) : path.resolve(model);
  await requireGguf(file);
  return file;
}

async function download(model: string, {directory, signal, onProgress}: LocateOptions): Promise<string> {
  signal?.throwIfAborted();
  // Loaded only here: it is large, and a pair of local files has no use for it.
  const {resolveModelFile} = await import('node-llama-cpp');
  try {
    return await resolveModelFile(model, {
      ...(directory === undefined ? {} : {directory}),
      ...(signal ? {signal} : {}),
      cli: false,
      onProgress({downloadedSize, totalSize}) {
        onProgress?.({loaded: downloadedSize, total: totalSize});
      },
    });
  } catch (error) {
    signal?.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    throw new ModelError('DOWNLOAD_FAILED', `Could not download the model ${model}: ${reason}`, {
      cause: error,
    });
  }
}

async function requireGguf(file: string): Promise<void> {
  const refuse = (why: string, cause?: unknown) => {
    throw new ModelError('INVALID_MODEL', `Could not load the model ${file}: ${why}`, {cause});
  };
  const stats = await stat(file).catch(error => refuse(reasonOf(error), error));
  if (stats?.isDirectory()) {
    refuse('it is a folder; give the .gguf file in it');
  }

  const magic = await readStart(file).catch(error => refuse(reasonOf(error), error));
  if (magic !== 'GGUF') {
    refuse('it is no GGUF file. Convert the model with llama.cpp’s convert_hf_to_gguf.py');
  }
}

async function readStart(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const {buffer, bytesRead} = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

function reasonOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'there is no such file';
    case 'EACCES':
      return 'permission denied';
    default:
      return error.message;
  }
}
