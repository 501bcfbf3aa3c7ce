import {createHash} from 'node:crypto';
import type {RemoteModelInfo} from '../../engine/engine-info.js';
import {modelFingerprint} from '../../pair/model-fingerprint.js';
import type {PairInfo} from '../../pair/pair.js';
import type {PairOptions} from '../../pair/pair-options.js';
import {defaultDate, type RenderingOptions, textVersion} from '../../text/rendering.js';

/** A model by the path of its file, or by what its server tells of it. */
export type KnownModel = string | RemoteModelInfo;

/** The models of a pair as they can be known again. */
export interface KnownModels {
  policy: KnownModel;
  reference?: KnownModel | undefined;
  lora?: string | undefined;
  /** The source of the policy's chat template: with the rendering's options it makes the text that is scored. */
  chatTemplate?: string | null;
}

/** What the log-probabilities of a text depend on. */
export type FingerprintedOptions = KnownModels &
  Pick<PairOptions, 'kvCacheType' | 'flashAttention' | keyof RenderingOptions>;

/** The models of an open pair as they can be known again. */
export function knownModels({policy, reference, lora}: PairInfo): KnownModels {
  return {
    policy: policy.remote ?? policy.path,
    reference: reference ? (reference.remote ?? reference.path) : undefined,
    lora: lora ?? undefined,
    chatTemplate: policy.chatTemplate,
  };
}

/**
 * What a model at a server is known by. A server that is given other weights under the same name does not say so, unless it
 * tells where it has them from; by which key it was asked is no matter.
 */
export function serverFingerprint({url, model, root, parent}: RemoteModelInfo): string[] {
  return [url, model, root ?? '', parent ?? ''];
}

// Part of every fingerprint: to be changed when scoring changes, or the lines of the cache.
const version = 1;

/**
 * Recognises a pair by what its log-probabilities depend on: the content of its files, wherever they lie, or where its
 * models are served, how keys and values are kept, and all that makes a text of messages.
 *
 * @param options - with paths of files, not URIs
 * @returns a name for the pair, fit for a file
 */
export async function pairFingerprint(options: FingerprintedOptions): Promise<string> {
  const {policy, reference, lora, kvCacheType = 'f16', flashAttention = 'default'} = options;
  const {chatTemplate = null, rendering = null, templateArguments = {}, date = defaultDate} = options;
  const files: (string[] | null)[] = [];
  for (const file of [policy, reference, lora]) {
    files.push(
      typeof file === 'object'
        ? serverFingerprint(file)
        : file === undefined
          ? null
          : await modelFingerprint(file),
    );
  }

  const identity = JSON.stringify({
    ...{version, files, kvCacheType, flashAttention},
    text: {textVersion, chatTemplate, rendering, templateArguments, date},
  });
  return createHash('sha256').update(identity).digest('hex').slice(0, 32);
}
