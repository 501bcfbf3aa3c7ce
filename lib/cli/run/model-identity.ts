import {pairFingerprint} from '../../eval/scoring/pair-fingerprint.js';
import type {RunRecord} from '../../runs/record.js';

/**
 * Describes models by their content, wherever they lie, so that a run that is resumed or merged can be compared.
 *
 * @param files - paths, not URIs
 */
export async function modelIdentity({
  policy,
  reference,
  lora,
}: {
  policy: string;
  reference?: string | undefined;
  lora?: string | undefined;
}): Promise<RunRecord['identity']> {
  return {
    policy: await fingerprint(policy),
    reference: await fingerprint(reference),
    'LoRA adapter': await fingerprint(lora),
  };
}

/** A file by its content, `null` for none. */
export async function fingerprint(file: string | undefined): Promise<string | null> {
  return file === undefined ? null : pairFingerprint({policy: file});
}
