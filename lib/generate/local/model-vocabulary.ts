import type {LlamaModel, Token} from 'node-llama-cpp';
import type {AddonSpecialToken, AddonTokens} from '../../engine/addon.js';
import type {Vocabulary} from '../../text/conversation-tokeniser.js';

/**
 * The tokenizer of a model of node-llama-cpp, for prompts. It is the same llama.cpp that the addon has, so that what is
 * generated from is what will be scored.
 */
export function modelVocabulary(model: LlamaModel): Vocabulary {
  return {
    description: {
      policy: {
        chatTemplate: model.fileInfo.metadata.tokenizer?.chat_template ?? null,
        beginOfText: model.tokens.bos ?? -1,
        endOfText: model.tokens.eos ?? -1,
      },
      specialTokens: specialTokens(model),
    },
    tokenise: async (text, parseSpecial): Promise<AddonTokens> => {
      const tokens = Int32Array.from(model.tokenize(text, parseSpecial));
      // Where a token of a prompt begins matters to nobody: only steps are looked for.
      return {tokens, starts: new Uint32Array(tokens.length)};
    },
    detokenise: async tokens => model.detokenize(Array.from(tokens) as Token[], true),
  };
}

/** Those that llama.cpp's tokenizer takes from text only when told to. */
function specialTokens(model: LlamaModel): AddonSpecialToken[] {
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
