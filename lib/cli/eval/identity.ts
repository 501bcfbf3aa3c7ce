import type {KnownModels} from '../../eval/scoring/pair-fingerprint.js';
import type {StepsOptions} from '../../eval/scoring/steps-of.js';
import type {EvalTask} from '../../eval/task.js';
import type {RunRecord} from '../../runs/record.js';
import {renderingIdentity} from '../options/rendering.js';
import {modelIdentity} from '../run/model-identity.js';
import type {EvalFlags} from './options.js';

/**
 * Describes all that the results of an evaluation depend on, apart from its data, as `scoreIdentity` does for `score`.
 *
 * @param models - with files, not URIs, or at servers
 */
export async function evalIdentity(
  {name, identity}: Pick<EvalTask<unknown>, 'name' | 'identity'>,
  models: KnownModels,
  {beta, withoutReference = false}: StepsOptions,
  flags: EvalFlags,
): Promise<RunRecord['identity']> {
  return {
    evaluation: name,
    ...(await modelIdentity(models)),
    '--beta': beta,
    '--beta-schedule': flags.betaSchedule ?? 'constant',
    '--without-reference': withoutReference,
    ...identity,
    '--context-size': flags.contextSize ?? 'left out',
    // What the models see depends on these and the template, which is in the policy's file, and on nothing else.
    ...renderingIdentity(flags),
    '--kv-cache-type': flags.kvCacheType ?? 'f16',
    '--flash-attention': flags.flashAttention ?? 'left out',
  };
}
