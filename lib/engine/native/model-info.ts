import type {ModelInfo} from '../engine-info.js';
import type {AddonDescriptions, AddonModelDescription} from './addon.js';
import {findRuntime} from './find-runtime.js';
import {loadAddon} from './load-addon.js';
import {libraryError} from './run-operation.js';

/** Makes the public description of a model from the addon's. */
export function modelInfo(path: string, description: AddonModelDescription): ModelInfo {
  const {
    beginOfText: _begin,
    addsBeginOfText: _adds,
    endOfText: _end,
    endOfTurn: _turn,
    ...rest
  } = description;
  return {path, ...rest};
}

/**
 * Reads what GGUF files tell of their models, without the weights.
 *
 * @returns the models, and for each where its vocabulary first differs from that of the first, `null` if it does not
 */
export async function readModelInfo(paths: readonly string[]): Promise<{
  models: ModelInfo[];
  differences: AddonDescriptions['differences'];
  unusedTokensDiffer: boolean[];
}> {
  const addon = loadAddon();
  const runtime = findRuntime();
  try {
    const {models, differences, unusedTokensDiffer} = await addon.describeModels(runtime, paths);
    return {
      models: models.map((model, index) => modelInfo(paths[index]!, model)),
      differences,
      unusedTokensDiffer,
    };
  } catch (error) {
    throw libraryError(error);
  }
}
