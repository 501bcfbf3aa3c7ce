import {check} from '../utils/check.js';
import {
  type LocalGeneratorOptions,
  localOptionsSchema,
  type RemoteGeneratorOptions,
  remoteOptionsSchema,
} from './generator-options.js';
import {LocalGenerator} from './local/local-generator.js';
import {RemoteGenerator} from './remote/remote-generator.js';
import type {GeneratorInfo, TextGenerator} from './text-generator.js';

/** A generator that was opened, and is to be closed. */
export interface OpenGenerator extends TextGenerator, AsyncDisposable {
  /** What it is. */
  readonly info: GeneratorInfo;
  /** Ends what is being written and frees what is held. May be called again. */
  close(): Promise<void>;
}

/**
 * Opens a model that writes: in this process, over node-llama-cpp, or at a server with OpenAI's `/v1/completions`.
 *
 * @throws {@link InvalidInputError} for wrong options, {@link ModelError}, {@link RuntimeLoadError}, {@link RemoteError}
 */
export async function openGenerator(
  options: LocalGeneratorOptions | RemoteGeneratorOptions,
): Promise<OpenGenerator> {
  if (!('url' in options)) {
    return LocalGenerator.open(check(localOptionsSchema, options, name));
  }

  // Apart, since an error shows what it is about.
  const {apiKey, headers, ...rest} = options;
  return RemoteGenerator.open(check(remoteOptionsSchema, rest, name), {apiKey, headers});
}

const name = "openGenerator's options";
