import type {ModelInfo} from '../engine/engine-info.js';
import {readModelInfoIsolated} from '../engine/isolated/read-model-info.js';
import {readModelInfo} from '../engine/native/model-info.js';
import {describeTemplate} from '../text/learn-template.js';
import type {RenderingInfo, RenderingOptions} from '../text/rendering.js';
import {renderingSchema} from '../text/rendering-schema.js';
import {check} from '../utils/check.js';
import {locateModel} from './locate-model.js';

/** A token that two vocabularies do not have in common. */
export interface VocabularyDifference {
  /** Its number in both. */
  token: number;
  /** Its text in the first model, `null` if that has no such token. */
  left: string | null;
  /** Its text in the other model. */
  right: string | null;
}

/** Models and how their vocabularies compare. */
export interface ModelDescriptions {
  /** In the order of the files. */
  models: ModelInfo[];
  /** For each model where its vocabulary first differs from that of model 0; `null` where it does not. */
  differences: (VocabularyDifference | null)[];
  /** For each model whether it has other tokens than model 0, or more or fewer, that no text has: these may differ. */
  unusedTokensDiffer: boolean[];
  /** For each model what its chat template does with a response; `null` if it has no template, or one that fails. */
  renderings: (RenderingInfo | null)[];
}

/**
 * Reads what GGUF files tell of their models, and compares the vocabularies, without loading the weights.
 *
 * @param files - paths or URIs, as for {@link openPair}
 * @param options - `isolate`: read them in a process of its own, which a broken file may end with `ENGINE_CRASHED`; what
 * chat templates are told
 * @throws {@link ModelError}, {@link RuntimeLoadError}, with `isolate` {@link EngineCrashedError}
 */
export async function describeModels(
  files: readonly string[],
  {isolate = false, ...rendering}: RenderingOptions & {isolate?: boolean | undefined} = {},
): Promise<ModelDescriptions> {
  const options = check(renderingSchema, rendering, "describeModels' options");
  const paths: string[] = [];
  for (const file of files) {
    paths.push(await locateModel(file));
  }

  const read = await (isolate ? readModelInfoIsolated(paths) : readModelInfo(paths));
  const renderings: ModelDescriptions['renderings'] = [];
  for (const {chatTemplate} of read.models) {
    renderings.push(chatTemplate === null ? null : await describeTemplate(chatTemplate, options));
  }

  return {...read, renderings};
}
