import type {GeneratorInfo} from '../../generate/text-generator.js';
import type {RunRecord} from '../../runs/record.js';
import {drawingIdentity} from '../options/drawing.js';
import {templateIdentity} from '../options/rendering.js';
import {fingerprint} from '../run/model-identity.js';
import type {SampleFlags} from './options.js';

/**
 * Describes all that responses depend on, apart from the input, so that a run that is resumed or merged can be compared.
 * A model in this process is known by its content, one at a server by its name.
 */
export async function sampleIdentity(
  {model, lora, url, contextSize, parallel}: GeneratorInfo,
  flags: SampleFlags,
): Promise<RunRecord['identity']> {
  return {
    command: 'sample',
    model: url === null ? await fingerprint(model) : model,
    'LoRA adapter': await fingerprint(lora ?? undefined),
    '--url': url,
    '--count': flags.count,
    '--max-tokens': flags.maxTokens ?? null,
    '--stop': flags.stop ?? [],
    '--prefix': flags.prefix ?? '',
    ...drawingIdentity(flags),
    ...templateIdentity(flags),
    '--symbolic': flags.symbolic ?? false,
    '--context-size': contextSize,
    '--parallel': parallel,
  };
}
