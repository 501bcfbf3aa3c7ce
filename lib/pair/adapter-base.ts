import path from 'node:path';
import {modelFingerprint} from './model-fingerprint.js';
import type {PairWarning} from './warnings.js';

/** Under which an adapter names the base that it was trained on. */
export const baseNameKey = 'implicit_prm.base.name';
/** Under which an adapter has the fingerprint of that base. */
export const baseFingerprintKey = 'implicit_prm.base.fingerprint';

/** An adapter and what it is applied to. */
interface AppliedAdapter {
  /** The file of the model that the adapter is applied to. */
  policy: string;
  /** The adapter's file. */
  lora: string;
  /** The adapter's metadata. */
  metadata: Readonly<Record<string, string>>;
}

/**
 * What to warn of if an adapter was trained on another base than it is applied to: it may fit by its shapes, but its rewards
 * then mean little. An adapter that does not say is let pass.
 */
export async function otherBase({policy, lora, metadata}: AppliedAdapter): Promise<PairWarning | undefined> {
  const expected = metadata[baseFingerprintKey];
  // A file that cannot be read any more is no matter of the adapter.
  const found = expected === undefined ? undefined : await baseFingerprint(policy).catch(() => undefined);
  if (found === undefined || found === expected) {
    return undefined;
  }

  const name = metadata[baseNameKey];
  const base = name ? `another base (${name})` : 'another base';
  return {
    code: 'OTHER_BASE',
    message: `The adapter ${path.basename(lora)} was trained on ${base} than ${path.basename(policy)}: rewards may mean nothing.`,
  };
}

/** What an adapter knows its base by. */
export async function baseFingerprint(base: string): Promise<string> {
  return (await modelFingerprint(base)).join(' ');
}
