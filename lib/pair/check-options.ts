import type {z} from 'zod';
import {InvalidInputError} from '../errors/invalid-input-error.js';
import {check} from '../utils/check.js';
import {type PairOptions, pairOptionsSchema} from './pair-options.js';
import {type CheckedRemoteModel, checkRemoteModel} from './remote/check-remote-model.js';
import {remoteModelOf} from './remote/model-uri.js';

/** Options of a pair, apart from its models, that have been checked. */
export type CheckedPairOptions = Omit<z.output<typeof pairOptionsSchema>, 'policy' | 'reference'>;

/** A pair's options once they are checked. */
interface CheckedOptions {
  checked: CheckedPairOptions;
  /** A path or URI, or a model at a server. */
  policy: string | CheckedRemoteModel;
  reference: string | CheckedRemoteModel | undefined;
}

const name = "openPair's options";

/**
 * Checks the options of a pair, and tells models at servers from files.
 *
 * @throws {@link InvalidInputError}, in which no key is
 */
export function checkPairOptions(options: PairOptions): CheckedOptions {
  const remote = {policy: asRemote(options, 'policy'), reference: asRemote(options, 'reference')};
  if (!remote.policy && !remote.reference) {
    const {policy, reference, ...checked} = check(pairOptionsSchema, options, name);
    requireRemote(checked.tokenizer);
    return {checked, policy, reference};
  }

  // What an error shows is to have no key in it.
  const {policy, reference, ...checked} = check(
    pairOptionsSchema,
    {...options, ...(remote.policy && {policy: 'remote'}), ...(remote.reference && {reference: 'remote'})},
    name,
  );
  requireLocal(checked.lora, remote.policy);
  return {checked, policy: remote.policy ?? policy, reference: remote.reference ?? reference};
}

function asRemote(options: PairOptions, which: 'policy' | 'reference'): CheckedRemoteModel | undefined {
  const model = (options as Partial<PairOptions> | null | undefined)?.[which];
  const remote = typeof model === 'string' ? remoteModelOf(model) : model;
  return typeof remote === 'object' && remote !== null
    ? checkRemoteModel(remote, `${which} in ${name}`)
    : undefined;
}

function requireRemote(tokenizer: string | undefined): void {
  if (tokenizer !== undefined) {
    throw new InvalidInputError(
      `tokenizer in ${name} is for models at a server: a GGUF file has its own. Leave it out.`,
    );
  }
}

function requireLocal(lora: string | undefined, policy: CheckedRemoteModel | undefined): void {
  if (lora !== undefined && policy) {
    throw new InvalidInputError(
      `lora in ${name} is for a policy in this process: an adapter at a server is a model of its own there, by its name.`,
    );
  }
}
