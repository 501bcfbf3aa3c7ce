import {z} from 'zod';
import type {ServedModel} from '../../engine/remote/served-model.js';
import {RemoteError} from '../../errors/remote-error.js';
import type {SpecialToken, VocabularyInfo} from '../../text/tokeniser.js';

const text = z.union([z.string(), z.object({content: z.string()}).transform(({content}) => content)]);

/** A tokenizer as Hugging Face's transformers describe it. */
const tokenizerInfo = z.object({
  bos_token: text.nullish(),
  eos_token: text.nullish(),
  pad_token: text.nullish(),
  unk_token: text.nullish(),
  additional_special_tokens: z.array(text).nullish(),
  extra_special_tokens: z.union([z.array(text), z.record(z.string(), text)]).nullish(),
  chat_template: z.string().nullish(),
  added_tokens_decoder: z.record(z.string(), text).default({}),
});

type TokenizerInfo = z.output<typeof tokenizerInfo>;

/**
 * What a server tells of a model's vocabulary.
 *
 * @throws {@link RemoteError}, with what to do where it does not tell
 */
export async function remoteVocabulary(
  {server, engine}: ServedModel,
  signal: AbortSignal | undefined,
): Promise<VocabularyInfo> {
  const url = `${server.url}/tokenizer_info`;
  const answer = await server.json('/tokenizer_info', {signal}).catch((error: unknown) => {
    if (!(error instanceof RemoteError && error.status === 404)) {
      throw error;
    }

    const flag = engine === 'vllm' ? ', or start vLLM with --enable-tokenizer-info-endpoint' : '';
    throw new RemoteError(
      `${url}: the server does not tell the chat template and the special tokens: give a GGUF file with the model’s ` +
        `vocabulary as tokenizer (--tokenizer on the command line; it needs no weights)${flag}.`,
      {url, status: 404, cause: error},
    );
  });
  const {success, data, error} = tokenizerInfo.safeParse(answer);
  if (!success) {
    throw server.failure('the server does not describe a tokenizer', url, {
      body: JSON.stringify(answer),
      cause: error,
    });
  }

  // Our own server lists special tokens and no others.
  return vocabularyOf(data, engine === 'implicit-prm');
}

function vocabularyOf(info: TokenizerInfo, allAreSpecial: boolean): VocabularyInfo {
  const added = new Map(
    Object.entries(info.added_tokens_decoder).map(([token, text]) => [text, Number(token)]),
  );
  const numberOf = (text: string | null | undefined) => (text ? (added.get(text) ?? -1) : -1);
  const named = new Set(namedTokens(info));
  const specialTokens = [...added]
    // A vocabulary has ordinary tokens added too, such as <think>, that any text may have.
    .filter(([text]) => allAreSpecial || named.has(text) || /^<[|｜].*[|｜]>$/su.test(text))
    .map(
      ([text, token]): SpecialToken => ({
        ...{token, text, stripLeft: false, stripRight: false},
        endsGeneration: text === info.eos_token,
      }),
    );
  return {
    specialTokens,
    beginOfText: numberOf(info.bos_token),
    endOfText: numberOf(info.eos_token),
    endOfTurn: -1,
    chatTemplate: info.chat_template ?? null,
  };
}

function namedTokens(info: TokenizerInfo): string[] {
  const {bos_token, eos_token, pad_token, unk_token, additional_special_tokens, extra_special_tokens} = info;
  return [
    ...[bos_token, eos_token, pad_token, unk_token].filter(token => typeof token === 'string'),
    ...(additional_special_tokens ?? []),
    ...Object.values(extra_special_tokens ?? {}),
  ];
}
