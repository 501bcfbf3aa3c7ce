import {findRuntime} from '../engine/native/find-runtime.js';
import {PairMismatchError} from '../errors/pair-mismatch-error.js';
import {otherBase} from './adapter-base.js';
import {assemblePair} from './assemble-pair.js';
import {type CheckedPairOptions, checkPairOptions} from './check-options.js';
import {locateFor, openLocalEngine} from './local-engine.js';
import {nativeTokeniser} from './native-tokeniser.js';
import type {Pair} from './pair.js';
import type {PairOptions} from './pair-options.js';
import {openRemotePair} from './remote/open-remote-pair.js';
import {isSameContent} from './same-content.js';
import type {PairWarning} from './warnings.js';

const unusedTokensDiffer: PairWarning = {
  code: 'UNUSED_TOKENS_DIFFER',
  message:
    'The vocabularies of policy and reference differ in tokens that no text has, which fill them up: they form a pair, ' +
    'but each sums its probabilities over its own.',
};

/**
 * Loads a policy and its reference, ready to score. Nothing of it happens on the JavaScript thread.
 *
 * @throws {@link InvalidInputError} for wrong options, {@link ModelError} for a file that cannot be used,
 * {@link PairMismatchError} if the vocabularies differ, {@link RuntimeLoadError} if llama.cpp or the GPU is missing,
 * {@link EvaluationError} `OUT_OF_MEMORY`, with `isolate` {@link EngineCrashedError}
 */
export async function openPair(options: PairOptions): Promise<Pair> {
  const {checked, policy, reference} = checkPairOptions(options);
  checked.signal?.throwIfAborted();
  return typeof policy === 'string' && typeof reference !== 'object'
    ? openLocalPair({policy, reference}, checked)
    : openRemotePair({policy, reference}, checked);
}

async function openLocalPair(
  models: {policy: string; reference: string | undefined},
  checked: CheckedPairOptions,
): Promise<Pair> {
  // Before anything is downloaded for it.
  findRuntime();
  const {signal} = checked;
  const policy = await locateFor(models.policy, checked);
  const reference = models.reference === undefined ? undefined : await locateFor(models.reference, checked);
  const lora = checked.lora === undefined ? undefined : await locateFor(checked.lora, checked);
  if (reference !== undefined && lora === undefined) {
    await requireOtherContent(policy, reference);
  }

  const engine = await openLocalEngine({policy, reference, lora}, checked);
  const {rendering, templateArguments, date, onWarning} = checked;
  const other =
    lora === undefined
      ? undefined
      : await otherBase({policy, lora, metadata: engine.description.adapterMetadata});
  const unused = engine.description.unusedTokensDiffer ? unusedTokensDiffer : undefined;
  return assemblePair(engine, nativeTokeniser(engine), checked.beta, {
    ...{rendering, templateArguments, date, onWarning, signal},
    warnings: [unused, other].filter(warning => warning !== undefined),
  });
}

/** Files that cannot be read, and one file twice, are left to native code, which says what is wrong with them. */
async function requireOtherContent(policy: string, reference: string): Promise<void> {
  if (await isSameContent(policy, reference).catch(() => false))
    throw new PairMismatchError(
      `Policy and reference are the same model byte for byte, ${policy} and ${reference}: every reward would be 0. ` +
        'Give the trained model as the policy, or a LoRA adapter for it.',
    );
}
