import {createHash} from 'node:crypto';
import {
  type KnownModel,
  type KnownModels,
  pairFingerprint,
  serverFingerprint,
} from '../../eval/scoring/pair-fingerprint.js';
import type {RunRecord} from '../../runs/record.js';

/**
 * Describes models by their content, wherever they lie, or by where they are served, so that a run that is resumed or
 * merged can be compared. Of models at servers the chat template counts too: it may come from another file.
 */
export async function modelIdentity({
  policy,
  reference,
  lora,
  chatTemplate = null,
}: KnownModels): Promise<RunRecord['identity']> {
  const isRemote = typeof policy === 'object' || typeof reference === 'object';
  return {
    policy: await fingerprint(policy),
    reference: await fingerprint(reference),
    'LoRA adapter': await fingerprint(lora),
    ...(isRemote ? {'chat template': chatTemplate && digest(chatTemplate)} : {}),
  };
}

/** A file by its content, a model at a server by its address and name; `null` for none. */
export async function fingerprint(model: KnownModel | undefined): Promise<string | null> {
  if (typeof model === 'object') {
    const [url, name, root, parent] = serverFingerprint(model);
    return `${url}#${name}${root ? ` from ${root}` : ''}${parent ? ` on ${parent}` : ''}`;
  }

  return model === undefined ? null : pairFingerprint({policy: model});
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
