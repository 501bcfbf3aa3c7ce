import {knownModels} from '../../eval/scoring/pair-fingerprint.js';
import type {GeneratorInfo} from '../../generate/text-generator.js';
import type {PairInfo} from '../../pair/pair.js';
import type {RunRecord} from '../../runs/record.js';
import {drawingIdentity} from '../options/drawing.js';
import {renderingIdentity} from '../options/rendering.js';
import {fingerprint, modelIdentity} from '../run/model-identity.js';
import type {SearchFlags} from './options.js';

/**
 * Describes all that searches depend on, apart from the input, so that a run that is resumed or merged can be compared. A
 * generator in this process is known by its content, one at a server by its name.
 */
export async function searchIdentity(
  pair: PairInfo,
  generator: GeneratorInfo,
  flags: SearchFlags,
): Promise<RunRecord['identity']> {
  return {
    command: 'search',
    ...(await modelIdentity(knownModels(pair))),
    generator: generator.url === null ? await fingerprint(generator.model) : generator.model,
    '--generator-url': generator.url,
    '--parallel': generator.parallel,
    '--beta': pair.beta,
    '--context-size': pair.contextSize,
    ...renderingIdentity(flags),
    '--kv-cache-type': flags.kvCacheType ?? 'f16',
    '--flash-attention': flags.flashAttention ?? 'left out',
    '--aggregate': flags.aggregate ?? 'min',
    '--score-by': flags.scoreBy ?? 'reward',
    ...methodIdentity(flags),
    ...drawingIdentity(flags),
  };
}

function methodIdentity(flags: SearchFlags): RunRecord['identity'] {
  return {
    '--method': flags.method,
    '--count': flags.count,
    '--beam-width': flags.beamWidth ?? 4,
    '--lookahead': flags.lookahead ?? 0,
    '--exploration': flags.exploration ?? 1,
    '--drop-below': flags.dropBelow ?? null,
    '--separator': flags.separator ?? '\n\n',
    '--max-step-tokens': flags.maxStepTokens ?? 512,
    '--max-steps': flags.maxSteps ?? 40,
    '--budget-tokens': flags.budgetTokens ?? null,
    '--budget-seconds': flags.budgetSeconds ?? null,
    '--choose': flags.choose,
    '--tree': flags.tree ?? false,
  };
}
