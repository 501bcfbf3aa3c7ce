import type {GgufFile} from '../helpers/gguf-file.js';

/** Types of tokens in a GGUF vocabulary that no text is cut into but where they are meant. */
const control = 3;
const unused = 5;

/** A tokeniser in Hugging Face's files, as JSON. */
export interface TokeniserFiles {
  tokenizer: object;
  config: object;
}

/** The tokeniser of a GGUF file with a byte-level BPE vocabulary. */
export function tokeniserFiles({metadata}: GgufFile): TokeniserFiles {
  const of = (key: string) => metadata.get(`tokenizer.${key}`)?.value;
  const tokens = of('ggml.tokens') as string[];
  const types = of('ggml.token_type') as number[];
  const named = (key: string) => tokens[(of(`ggml.${key}_token_id`) ?? of('ggml.bos_token_id')) as number];
  const isSpecial = (id: number) => types[id] === control || types[id] === unused;
  const special = tokens.map((content, id) => ({id, content})).filter(({id}) => isSpecial(id));
  const vocabulary = Object.fromEntries(
    tokens.map((text, id): [string, number] => [text, id]).filter(([, id]) => !isSpecial(id)),
  );
  const merges = ((of('ggml.merges') ?? []) as string[])
    .map(merge => merge.split(' '))
    // llama.cpp wants one merge at least, so that a vocabulary of bytes alone has one that makes no token.
    .filter(parts => parts.join('') in vocabulary);
  return {
    tokenizer: tokenizer(vocabulary, merges, special),
    config: {
      tokenizer_class: 'PreTrainedTokenizerFast',
      bos_token: named('bos'),
      eos_token: named('eos'),
      pad_token: named('padding'),
      add_bos_token: false,
      clean_up_tokenization_spaces: false,
      model_max_length: metadata.get('llama.context_length')?.value,
      chat_template: of('chat_template'),
      added_tokens_decoder: Object.fromEntries(special.map(({id, content}) => [id, {...asAdded, content}])),
    },
  };
}

const asAdded = {single_word: false, lstrip: false, rstrip: false, normalized: false, special: true};

function tokenizer(
  vocab: Record<string, number>,
  merges: string[][],
  special: readonly {id: number; content: string}[],
): object {
  const bytes = {type: 'ByteLevel', add_prefix_space: false, trim_offsets: false};
  return {
    version: '1.0',
    added_tokens: special.map(token => ({...token, ...asAdded})),
    normalizer: null,
    // Where nothing is merged, it makes no difference where words end.
    pre_tokenizer: {...bytes, use_regex: merges.length > 0},
    post_processor: null,
    decoder: {...bytes, use_regex: true},
    model: {type: 'BPE', vocab, merges},
  };
}
