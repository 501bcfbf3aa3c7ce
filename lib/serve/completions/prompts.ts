import type {Pair} from '../../pair/pair.js';
import {tokensOfText} from '../tokenizer/text-tokens.js';
import type {TokenTexts} from '../tokenizer/token-texts.js';
import {type CompletionPrompt, characters} from './choice.js';
import type {CompletionRequest} from './schema.js';

/** The prompts of a request: texts are tokenised, tokens are written out. */
export async function promptsOf(
  pair: Pair,
  texts: TokenTexts,
  {prompt, add_special_tokens: addSpecialTokens}: CompletionRequest,
  signal: AbortSignal,
): Promise<CompletionPrompt[]> {
  const prompts: CompletionPrompt[] = [];
  for (const one of asList(prompt)) {
    prompts.push(
      typeof one === 'string'
        ? await promptOfText(pair, one, addSpecialTokens, signal)
        : await promptOfTokens(pair, texts, Int32Array.from(one)),
    );
  }

  return prompts;
}

function asList(prompt: CompletionRequest['prompt']): readonly (string | readonly number[])[] {
  if (typeof prompt === 'string') {
    return [prompt];
  }

  return typeof prompt[0] === 'number' ? [prompt as number[]] : (prompt as string[] | number[][]);
}

async function promptOfText(
  pair: Pair,
  given: string,
  addSpecialTokens: boolean,
  signal: AbortSignal,
): Promise<CompletionPrompt> {
  const {text, tokens, starts} = await tokensOfText(pair, given, addSpecialTokens, signal);
  return {text, tokens, offsets: characterOffsets(text, starts)};
}

async function promptOfTokens(pair: Pair, texts: TokenTexts, tokens: Int32Array): Promise<CompletionPrompt> {
  await texts.learn(tokens);
  let length = 0;
  const offsets = Array.from(tokens, token => {
    const offset = length;
    length += characters(texts.of(token));
    return offset;
  });
  return {tokens, offsets, text: await pair.tokeniser.detokenise(tokens)};
}

/** Where tokens begin, in characters; one that begins within a character begins with it. */
function characterOffsets(text: string, starts: Uint32Array): number[] {
  const offsets: number[] = [];
  let count = 0;
  let bytes = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    while (offsets.length < starts.length && starts[offsets.length]! < bytes) {
      offsets.push(count);
    }

    count++;
  }

  return offsets;
}
