import type {NativeEngine} from '../engine/native/native-engine.js';
import type {Tokeniser} from '../text/tokeniser.js';

/** The tokeniser of the policy that a native engine has loaded, in this process or in one of its own. */
export function nativeTokeniser(
  engine: Pick<NativeEngine, 'description' | 'tokenise' | 'detokenise'>,
): Tokeniser {
  const {policy, specialTokens, longestToken} = engine.description;
  const {beginOfText, addsBeginOfText, endOfText, endOfTurn, chatTemplate} = policy;
  return {
    vocabulary: {
      ...{specialTokens, longestToken, chatTemplate},
      ...{beginOfText, addsBeginOfText, endOfText, endOfTurn},
    },
    tokenise: async (text, parseSpecial, options) => engine.tokenise(text, parseSpecial, options),
    detokenise: async tokens => engine.detokenise(tokens),
  };
}
