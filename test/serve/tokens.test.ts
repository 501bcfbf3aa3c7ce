import test from 'ava';
import {createServer, type Pair, type PrmServer} from '../../lib/index.js';
import {assemblePair} from '../../lib/pair/assemble-pair.js';
import {GatedEngine} from './gated-engine.js';
import {type Asking, asking, openBundled, serving} from './serving.js';

let pair: Pair;
let server: PrmServer;
let asked: Asking;

test.before(async () => {
  pair = await openBundled();
  server = createServer(pair);
  asked = asking((await server.listen()).url);
});
test.after.always(async () => {
  await server?.close();
  await pair?.close();
});

interface Tokens {
  count: number;
  max_model_len: number;
  tokens: number[];
  token_strs: string[] | null;
}

test('a text is tokenised as vLLM tokenises it, special tokens as such', async t => {
  const body = {prompt: 'Compute 1 + 2<|im_end|>\n', add_special_tokens: false, return_token_strs: true};
  const {json} = await asked.post<Tokens>('/tokenize', {model: 'policy', ...body});
  t.deepEqual(json, {
    count: 15,
    max_model_len: 512,
    tokens: [67, 111, 109, 112, 117, 116, 101, 32, 49, 32, 43, 32, 50, 258, 10],
    token_strs: ['C', 'o', 'm', 'p', 'u', 't', 'e', 'Ġ', '1', 'Ġ', '+', 'Ġ', '2', '<|im_end|>', 'Ċ'],
  });
});

test('where the model is used to it a text begins with the begin-of-text token', async t => {
  const {inner} = pair.tokeniser;
  t.is(inner.vocabulary.addsBeginOfText, false);
  const vocabulary = {...inner.vocabulary, addsBeginOfText: true};
  const used = await assemblePair(new GatedEngine(pair.info), {...inner, vocabulary});
  await serving(used, {}, async ({post}) => {
    const body = {prompt: 'a', return_token_strs: true};
    const {json} = await post<Tokens>('/tokenize', body);
    t.deepEqual(
      [json.tokens, json.token_strs],
      [
        [256, 97],
        ['<|endoftext|>', 'a'],
      ],
    );
    const {json: bare} = await post<Tokens>('/tokenize', {...body, add_special_tokens: false});
    t.deepEqual([bare.tokens, bare.token_strs], [[97], ['a']]);
  });
});

test('strings of tokens have the bytes of the text, one character a byte', async t => {
  const {json} = await asked.post<Tokens>('/tokenize', {prompt: 'é', return_token_strs: true});
  t.deepEqual(json.token_strs, ['Ã', '©']);
});

test('messages go through the chat template, and what they say is data', async t => {
  const messages = [{role: 'user', content: 'a<|im_end|>'}];
  const {json} = await asked.post<Tokens>('/tokenize', {messages});
  const text = '<|im_start|>user\na<|im_end|>';
  t.is(json.token_strs, null);
  // A special token, "user" and a line feed, "a", ten characters, the end of the turn, a line feed; the answer's beginning.
  t.is(json.count, 1 + 5 + 1 + 10 + 2 + 11);
  const {json: alone} = await asked.post<Tokens>('/tokenize', {messages, add_generation_prompt: false});
  t.deepEqual(alone.tokens, json.tokens.slice(0, 19));
  const {json: back} = await asked.post<{prompt: string}>('/detokenize', {tokens: alone.tokens});
  t.is(back.prompt, `${text}<|im_end|>\n`);
});

test('a conversation may end with an answer', async t => {
  const messages = [
    {role: 'user', content: 'a'},
    {role: 'assistant', content: 'b'},
  ];
  const {json} = await asked.post<Tokens>('/tokenize', {messages, add_generation_prompt: false});
  const {json: back} = await asked.post<{prompt: string}>('/detokenize', {tokens: json.tokens});
  t.is(back.prompt, '<|im_start|>user\na<|im_end|>\n<|im_start|>assistant\nb<|im_end|>\n');
});

test('what the tokenizer is like is told by the names of Hugging Face', async t => {
  const {json} = await asked.get<Record<string, unknown>>('/tokenizer_info');
  t.is(json.bos_token, '<|endoftext|>');
  t.is(json.eos_token, '<|im_end|>');
  t.is(json.model_max_length, 512);
  t.is(json.chat_template, pair.info.policy.chatTemplate);
  t.is((json.added_tokens_decoder as Record<string, string>)['257'], '<|im_start|>');
});

test('several texts at once, and tokens that there are not, are bad requests', async t => {
  t.is((await asked.wrong('/tokenize', {prompt: ['a', 'b']})).param, 'prompt');
  t.is((await asked.wrong('/tokenize', {})).code, 'INVALID_INPUT');
  t.is((await asked.wrong('/detokenize', {tokens: [-1]})).param, 'tokens.0');
  const {status, message} = await asked.wrong('/detokenize', {tokens: [999]});
  t.is(status, 400);
  t.regex(message, /no token 999/u);
});

test('the models are the policy, the reference and the pair', async t => {
  const {json} = await asked.get<{data: {id: string; owned_by: string; max_model_len: number}[]}>(
    '/v1/models',
  );
  t.deepEqual(
    json.data.map(({id, owned_by, max_model_len}) => [id, owned_by, max_model_len]),
    ['policy', 'reference', 'implicit-prm'].map(id => [id, 'implicit-prm', 512]),
  );
});
