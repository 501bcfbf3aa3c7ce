import {InvalidInputError} from '../errors/invalid-input-error.js';
import {showValue} from '../errors/show-value.js';
import type {TokenSequence} from './engine.js';

/** Checks sequences before an engine takes them on trust. */
export function requireSequences(sequences: readonly TokenSequence[]): void {
  for (const [index, {tokens, from}] of sequences.entries()) {
    requireTokens(tokens, `sequences[${index}].tokens`);
    if (!(Number.isInteger(from) && from >= 1 && from < tokens.length)) {
      throw new InvalidInputError(
        `sequences[${index}].from has to be a whole number from 1 to ${tokens.length - 1}, the index of a token that ` +
          `others come before, not ${showValue(from)}.`,
      );
    }
  }
}

/** Checks one array of tokens, that goes by this name. */
export function requireTokens(tokens: unknown, name: string): void {
  if (!(tokens instanceof Int32Array)) {
    throw new InvalidInputError(`${name} has to be an Int32Array, not ${showValue(tokens)}.`);
  }
}
