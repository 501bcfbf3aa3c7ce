import {knownModels} from '../../eval/scoring/pair-fingerprint.js';
import type {PairInfo} from '../../pair/pair.js';
import type {RunRecord} from '../../runs/record.js';
import {splitterText} from '../../steps/splitter-text.js';
import {renderingIdentity} from '../options/rendering.js';
import {modelIdentity} from '../run/model-identity.js';
import type {ScoreFlags} from './options.js';

/**
 * Describes all that results depend on, apart from the input, so that a run that is resumed or merged can be compared.
 * Where to compute, and with how many threads, is left out: that changes the last digits only.
 */
export async function scoreIdentity(info: PairInfo, flags: ScoreFlags): Promise<RunRecord['identity']> {
  const {split = 'blank-line'} = flags;
  return {
    ...(await modelIdentity(knownModels(info))),
    '--beta': info.beta,
    '--split': splitterText(split),
    '--aggregate': flags.aggregate ?? 'min',
    '--score-by': flags.scoreBy ?? 'reward',
    '--beta-schedule': flags.betaSchedule ?? 'constant',
    '--incomplete': flags.incomplete ?? false,
    '--allow-special-tokens': flags.allowSpecialTokens ?? false,
    '--tokens': flags.tokens ?? false,
    '--context-size': info.contextSize,
    // What the models see depends on these and the template, which is in the policy's file, and on nothing else.
    ...renderingIdentity(flags),
    '--kv-cache-type': flags.kvCacheType ?? 'f16',
    '--flash-attention': flags.flashAttention ?? 'left out',
  };
}
