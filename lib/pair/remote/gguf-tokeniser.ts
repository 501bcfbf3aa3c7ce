import type {AddonVocabulary} from '../../engine/native/addon.js';
import type {Tokeniser} from '../../text/tokeniser.js';

/** The tokeniser of a GGUF file that was opened for nothing else. */
export function ggufTokeniser({model, specialTokens, longestToken, ...methods}: AddonVocabulary): Tokeniser {
  const {beginOfText, endOfText, endOfTurn, chatTemplate} = model;
  return {
    vocabulary: {specialTokens, longestToken, beginOfText, endOfText, endOfTurn, chatTemplate},
    tokenise: async (text, parseSpecial, {signal} = {}) => {
      signal?.throwIfAborted();
      return methods.tokenise(text, parseSpecial);
    },
    detokenise: async tokens => methods.detokenise(tokens),
  };
}
