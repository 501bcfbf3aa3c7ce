import {createHash} from 'node:crypto';
import {modelFingerprint} from '../../pair/model-fingerprint.js';
import type {PairOptions} from '../../pair/pair-options.js';
import {defaultDate, type RenderingOptions, textVersion} from '../../text/rendering.js';

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
    files.push(file === undefined ? null : await modelFingerprint(file));
  }

  const identity = JSON.stringify({
    ...{version, files, kvCacheType, flashAttention},
    text: {textVersion, chatTemplate, rendering, templateArguments, date},
  });
  return createHash('sha256').update(identity).digest('hex').slice(0, 32);
}
