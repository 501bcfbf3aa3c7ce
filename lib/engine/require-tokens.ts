import {InvalidInputError} from '../errors/invalid-input-error.js';
import {showValue} from '../errors/show-value.js';
import type {ModelName, TokenSequence} from './engine.js';
import type {EngineInfo} from './engine-info.js';

/**
 * Checks sequences before an engine takes them on trust.
 *
 * @param toEnd - whether the token behind the end of each is predicted too
 */
export function requireSequences(sequences: readonly TokenSequence[], toEnd = false): void {
  for (const [index, {tokens, from}] of sequences.entries()) {
    requireTokens(tokens, `sequences[${index}].tokens`);
    const last = toEnd ? tokens.length : tokens.length - 1;
    if (!(Number.isInteger(from) && from >= 1 && from <= last)) {
      throw new InvalidInputError(
        `sequences[${index}].from has to be a whole number from 1 to ${last}, the index of a token that ` +
          `others come before, not ${showValue(from)}.`,
      );
    }
  }
}

/** Checks the name of a model that is to be asked. */
export function requireModel(model: ModelName, {reference}: EngineInfo): void {
  if (model !== 'policy' && model !== 'reference') {
    throw new InvalidInputError(`The model has to be 'policy' or 'reference', not ${showValue(model)}.`);
  }

  if (model === 'reference' && reference === null) {
    throw new InvalidInputError(
      'The pair has no reference to ask: ask its policy, or open it with a reference.',
    );
  }
}

/** Checks one array of tokens, that goes by this name. */
export function requireTokens(tokens: unknown, name: string): void {
  if (!(tokens instanceof Int32Array)) {
    throw new InvalidInputError(`${name} has to be an Int32Array, not ${showValue(tokens)}.`);
  }
}
