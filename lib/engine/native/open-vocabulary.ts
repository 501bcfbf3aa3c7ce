import type {AddonVocabulary} from './addon.js';
import {findRuntime} from './find-runtime.js';
import {loadAddon} from './load-addon.js';
import {libraryError} from './run-operation.js';

/**
 * Loads the tokenizer of a GGUF file, and its metadata, without the weights.
 *
 * @throws {@link ModelError}, {@link RuntimeLoadError}
 */
export async function openVocabulary(path: string): Promise<AddonVocabulary> {
  const addon = loadAddon();
  const runtime = findRuntime();
  try {
    return await addon.openVocabulary(runtime, path);
  } catch (error) {
    throw libraryError(error);
  }
}
