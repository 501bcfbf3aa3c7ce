import {open, stat} from 'node:fs/promises';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {ModelError} from '../errors/model-error.js';
import {type DownloadOptions, downloadModel} from './download-model.js';

// Those that node-llama-cpp knows.
const uri = /^(?:https?|hf|huggingface):|^(?:hf|huggingface)\.co\//iu;

/**
 * Finds the file of a model: a path or `file:` URL is checked, a URI that node-llama-cpp knows (`hf:user/model:quant`,
 * `https://…`) is downloaded unless it was before.
 *
 * @returns the absolute path of a GGUF file
 * @throws {@link ModelError} `MODEL_INVALID` or `DOWNLOAD_FAILED`
 */
export async function locateModel(model: string, options: DownloadOptions = {}): Promise<string> {
  const file = uri.test(model) ? await downloadModel(model, options) : localPath(model);
  await requireGguf(file);
  return file;
}

function localPath(model: string): string {
  if (!model.startsWith('file:')) {
    return path.resolve(model);
  }

  try {
    return fileURLToPath(model);
  } catch (error) {
    throw invalid(model, 'it is no URL of a local file', error);
  }
}

async function requireGguf(file: string): Promise<void> {
  const refuse = (why: string, cause?: unknown) => {
    throw invalid(file, why, cause);
  };
  const stats = await stat(file).catch(error => refuse(reasonOf(error), error));
  if (stats?.isDirectory()) {
    refuse('it is a folder; give the .gguf file in it');
  }

  if (!stats?.isFile()) {
    refuse('it is no file');
  }

  const magic = await readStart(file).catch(error => refuse(reasonOf(error), error));
  if (magic !== 'GGUF') {
    refuse('it is no GGUF file. Convert the model with llama.cpp’s convert_hf_to_gguf.py');
  }
}

function invalid(file: string, why: string, cause: unknown): ModelError {
  return new ModelError('MODEL_INVALID', `Could not load the model ${file}: ${why}`, {cause});
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
