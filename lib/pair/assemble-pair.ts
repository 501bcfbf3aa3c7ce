import path from 'node:path';
import type {ModelEngine} from '../engine/engine.js';
import type {EngineInfo} from '../engine/engine-info.js';
import {ModelError} from '../errors/model-error.js';
import {ConversationTokeniser} from '../text/conversation-tokeniser.js';
import type {RenderingOptions} from '../text/rendering.js';
import type {Tokeniser} from '../text/tokeniser.js';
import {Pair} from './pair.js';
import {type PairWarning, Warnings} from './warnings.js';

/** β in the authors' training, section 4.1 of arXiv 2412.01981. */
const defaultBeta = 0.05;

/** What a pair is told beside its models. */
interface AssembleOptions extends RenderingOptions {
  /** What there is to warn of from the beginning. */
  warnings?: readonly PairWarning[];
  /** Called with each kind of warning once. */
  onWarning?: ((warning: PairWarning) => void) | undefined;
  /** Stops it. */
  signal?: AbortSignal | undefined;
}

/**
 * Makes a pair of an engine, whichever it is, and the tokeniser of its policy. The pair owns the engine; if none comes
 * of it the engine is closed.
 *
 * @param beta - the reward of one nat; unless given that of the models' metadata, else 0.05
 * @param options - how conversations are rendered, what to tell warnings, and a signal that stops it
 * @throws {@link ModelError} if the metadata's β is none, the signal's reason
 */
export async function assemblePair(
  engine: ModelEngine,
  tokeniser: Tokeniser,
  beta?: number | undefined,
  {signal, onWarning, warnings: first = [], ...options}: AssembleOptions = {},
): Promise<Pair> {
  const warnings = new Warnings(onWarning);
  try {
    for (const warning of first) {
      warnings.add(warning);
    }

    const conversations = await ConversationTokeniser.open(tokeniser, {
      ...options,
      signal,
      modelName: path.basename(engine.info.policy.path),
      onWarning: warning => warnings.add(warning),
    });
    return new Pair(engine, conversations, {beta: beta ?? betaOf(engine.info), warnings});
  } catch (error) {
    await engine.close();
    throw error;
  }
}

function betaOf({beta, lora, policy}: EngineInfo): number {
  if (beta === null) {
    return defaultBeta;
  }

  if (!(Number.isFinite(beta) && beta > 0)) {
    throw new ModelError(
      'MODEL_INVALID',
      `The metadata of ${lora ?? policy.path} says that implicit_prm.beta is ${beta}, but it has to be above 0: give beta yourself.`,
    );
  }

  return beta;
}
