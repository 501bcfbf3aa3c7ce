import type {ServedModel} from '../../engine/remote/served-model.js';
import {PairMismatchError} from '../../errors/pair-mismatch-error.js';
import {RemoteError} from '../../errors/remote-error.js';
import type {Tokeniser} from '../../text/tokeniser.js';
import type {PairWarning} from '../warnings.js';
import {tokensAtServer} from './remote-tokeniser.js';

/** Digits, white space, line ends, letters of several scripts: what tokenizers differ in. */
const sample =
  'Step 1: 12 * (3 + 47) = 600, so x² ≈ 24.49.\n\nThat’s naïve; the “café” has 1,000 tables — 你好, мир, 🙂!\n\n' +
  '    for i in range(10):\n\t\treturn i\n\nThe answer is \\boxed{600}.';

/**
 * Makes sure that every model of a pair takes the sample for the same tokens: they are sent tokens, so that one with
 * another vocabulary would score another text, and nobody would notice.
 *
 * @param tokeniser - makes the tokens of the pair
 * @param others - the models, by their servers, or by the tokenisers that they bring
 * @returns the tokens of the sample, and what to warn of where a server makes no tokens of texts
 * @throws {@link PairMismatchError}
 */
export async function checkTokenisers(
  tokeniser: Tokeniser,
  others: readonly (ServedModel | Tokeniser)[],
  signal: AbortSignal | undefined,
): Promise<{tokens: Int32Array; warning: PairWarning | undefined}> {
  const {tokens} = await tokeniser.tokenise(sample, false, {signal});
  let warning: PairWarning | undefined;
  for (const other of others) {
    const found = await tokensOf(other, signal);
    if (found) {
      requireEqual(tokens, found, other);
    } else {
      warning = {
        code: 'TOKENIZER_UNCHECKED',
        message: `${(other as ServedModel).server.url} has no /tokenize: whether its tokens are those of this pair was not checked.`,
      };
    }
  }

  return {tokens, warning};
}

async function tokensOf(
  other: ServedModel | Tokeniser,
  signal: AbortSignal | undefined,
): Promise<Int32Array | undefined> {
  if (!('server' in other)) {
    return (await other.tokenise(sample, false, {signal})).tokens;
  }

  try {
    return Int32Array.from((await tokensAtServer(other, sample, signal)).tokens);
  } catch (error) {
    if (error instanceof RemoteError && error.status === 404) {
      return undefined;
    }

    throw error;
  }
}

function requireEqual(tokens: Int32Array, found: Int32Array, other: ServedModel | Tokeniser): void {
  const index = tokens.findIndex((token, place) => token !== found[place]);
  if (index === -1 && tokens.length === found.length) {
    return;
  }

  const place = index === -1 ? tokens.length : index;
  const whose = 'server' in other ? `${other.server.url}#${other.id}` : 'the model in this process';
  throw new PairMismatchError(
    `The tokens of ${whose} are not those of the pair’s tokenizer: of a sample text token ${place} is number ` +
      `${found[place] ?? 'none'} there and ${tokens[place] ?? 'none'} here. Give the GGUF file of that very model as tokenizer.`,
  );
}
