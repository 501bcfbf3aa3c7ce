import type {LlamaModel, Token} from 'node-llama-cpp';
import {ConversationTokeniser} from '../../text/conversation-tokeniser.js';
import type {RenderingOptions} from '../../text/rendering.js';
import type {SpecialToken, Tokeniser} from '../../text/tokeniser.js';

/**
 * Makes the tokens that a model of node-llama-cpp goes on from: those of the prompt that its chat template writes for a
 * generator, and of what has been written behind it.
 */
export async function generationTokeniser(
  model: LlamaModel,
  {templateArguments, date, signal}: Omit<RenderingOptions, 'rendering'> & {signal?: AbortSignal | undefined},
): Promise<ConversationTokeniser> {
  const options = {rendering: 'continuation', templateArguments, date, signal} as const;
  return ConversationTokeniser.open(modelTokeniser(model), options);
}

/** The same llama.cpp as the addon's, so that what is generated from is what will be scored. */
function modelTokeniser(model: LlamaModel): Tokeniser {
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
