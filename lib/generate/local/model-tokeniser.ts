import type {LlamaModel, Token} from 'node-llama-cpp';
import type {SpecialToken, Tokeniser} from '../../text/tokeniser.js';

/**
 * The tokeniser of a model of node-llama-cpp, for prompts. It is the same llama.cpp that the addon has, so that what is
 * generated from is what will be scored.
 */
export function modelTokeniser(model: LlamaModel): Tokeniser {
  return {
    vocabulary: {
      specialTokens: specialTokens(model),
      beginOfText: model.tokens.bos ?? -1,
      endOfText: model.tokens.eos ?? -1,
      endOfTurn: model.tokens.eot ?? -1,
      chatTemplate: model.fileInfo.metadata.tokenizer?.chat_template ?? null,
    },
    tokenise: async (text, parseSpecial) => {
      const tokens = Int32Array.from(model.tokenize(text, parseSpecial));
      // Where a token of a prompt begins matters to nobody: only steps are looked for.
      return {tokens, starts: new Uint32Array(tokens.length)};
    },
    detokenise: async tokens => model.detokenize(Array.from(tokens) as Token[], true),
  };
}

/** Those that llama.cpp's tokeniser takes from text only when told to. */
function specialTokens(model: LlamaModel): SpecialToken[] {
  const special = [];
  for (const token of model.iterateAllTokens()) {
    const attributes = model.getTokenAttributes(token);
    if (attributes.control || attributes.unknown) {
      special.push({
        token,
        text: model.detokenize([token], true),
        stripLeft: attributes.lstrip,
        stripRight: attributes.rstrip,
        endsGeneration: model.isEogToken(token),
      });
    }
  }

  return special;
}
