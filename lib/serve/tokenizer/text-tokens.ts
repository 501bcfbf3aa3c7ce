import type {Pair} from '../../pair/pair.js';
import type {TokenisedText} from '../../text/tokeniser.js';

/** A text as tokens, the text as it stands for them: with the begin-of-text token, if that was added. */
export type TextTokens = TokenisedText & {text: string};

/**
 * Tokens of a text that may have been made by a chat template: texts of special tokens in it are these tokens.
 *
 * @param addSpecialTokens - whether to put the begin-of-text token in front, where the model is used to it
 */
export async function tokensOfText(
  pair: Pair,
  text: string,
  addSpecialTokens: boolean,
  signal?: AbortSignal,
): Promise<TextTokens> {
  const {tokens, starts} = await pair.tokeniser.inner.tokenise(text, true, {signal});
  const begin = addSpecialTokens ? beginOfText(pair) : undefined;
  if (!begin) {
    return {text, tokens, starts};
  }

  const added = Buffer.byteLength(begin.text);
  return {
    text: begin.text + text,
    tokens: Int32Array.from([begin.token, ...tokens]),
    starts: Uint32Array.from([0, ...Array.from(starts, start => start + added)]),
  };
}

/** The token that texts are to begin with; `undefined` if they are to begin with none. */
function beginOfText({tokeniser}: Pair): {token: number; text: string} | undefined {
  const {beginOfText: token, addsBeginOfText} = tokeniser.inner.vocabulary;
  return addsBeginOfText && token >= 0 ? {token, text: tokeniser.specialToken(token)?.text ?? ''} : undefined;
}
