import {deepEqual} from 'node:assert/strict';
import test, {type ExecutionContext} from 'ava';
import fc from 'fast-check';
import {
  InvalidInputError,
  type Prompt,
  type TokenisedResponse,
  type TokeniseOptions,
} from '../../lib/index.js';
import {ConversationTokeniser} from '../../lib/text/conversation-tokeniser.js';
import type {Tokeniser} from '../../lib/text/tokeniser.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';
import {expectedTokens, type Family, familyNames, openFamily, stretchesOf} from './families.js';

const directory = temporaryDirectory();
const families = new Map<string, Family>();

test.before(async () => {
  for (const name of familyNames) {
    const family = await openFamily(name, directory);
    if (family) {
      families.set(name, family);
    }
  }
});

test.after.always(async () => {
  for (const {pair} of families.values()) {
    await pair.close();
  }
});

// What is generated behind a prompt; what the template makes of a whole conversation: rendering.test.ts.
const complete: TokeniseOptions = {
  complete: true,
  allowSpecialTokens: false,
  rendering: 'continuation',
};

/** Declares a test for each family; it is left out where llama.cpp's source lacks a vocabulary or a template. */
function testFamilies(title: string, run: (t: ExecutionContext, family: Family) => Promise<void>): void {
  for (const name of familyNames) {
    test(`${title} (${name})`, async t => {
      const family = families.get(name);
      if (family) {
        await run(t, family);
      } else {
        t.log('left out: the llama.cpp in use does not ship the vocabulary or the template');
        t.pass();
      }
    });
  }
}

function user(content: string) {
  return [{role: 'user', content}];
}

async function tokeniseOne(
  {pair}: Family,
  prompt: Prompt,
  response: string,
  options = complete,
): Promise<TokenisedResponse> {
  const [tokenised] = await pair.tokeniser.tokenise(prompt, [response], options);
  return tokenised!;
}

/** The tokens that llama.cpp itself makes of a templated conversation, and the token that ends the turn. */
async function tokensOfLlamaCpp(family: Family, prompt: string, response: string): Promise<number[]> {
  const {tokens} = await family.engine.tokenise(family.template.render(user(prompt)) + response, true);
  return [...tokens, family.endOfTurn];
}

const plainTexts = [
  'What is 17 × 24?',
  '  leading and trailing blanks  ',
  'two\n\nparagraphs\r\nand\ta tab',
  '\nbegins with a line end',
  '数学は楽しい。😀👩‍🔬 naïve é',
  '1 < 2 > 0 | x',
  "it's | <b>bold</b> &amp; [INS] </",
  '\u00A0no-break \u3000 ideographic\u2028',
  '    if x:\n        return   1000000000\n\n\n\n',
];

testFamilies('plain text has the tokens that llama.cpp gives the whole conversation', async (t, family) => {
  for (const prompt of plainTexts) {
    for (const response of plainTexts) {
      const {tokens} = await tokeniseOne(family, prompt, response);
      t.deepEqual([...tokens], await tokensOfLlamaCpp(family, prompt, response), prompt + response);
    }
  }
});

testFamilies(
  'plain text beside the beginning or the end of a special token has those tokens too',
  async (t, family) => {
    const special = family.special[0]!.text;
    for (const prompt of plainTexts) {
      for (const text of [
        special.slice(1),
        `${special.slice(-1)} x`,
        `x ${special.slice(0, -1)}`,
        special[0]!,
      ]) {
        const {tokens} = await tokeniseOne(family, prompt, text);
        t.deepEqual([...tokens], await tokensOfLlamaCpp(family, prompt, text), text);
      }
    }
  },
);

/** How many of the tokens are special ones. */
function countSpecial(tokens: Iterable<number>, {special}: Family): number {
  return [...tokens].filter(id => special.some(({token}) => token === id)).length;
}

/** Whether the starts cut the response into the texts of its tokens. */
async function startsFit(
  family: Family,
  response: string,
  tokenised: Pick<TokenisedResponse, 'tokens' | 'promptLength' | 'starts'>,
): Promise<boolean> {
  const {tokens, promptLength, starts} = tokenised;
  const ids = tokens.subarray(promptLength);
  for (const [index, id] of ids.entries()) {
    const start = starts[index]!;
    const end = starts[index + 1] ?? response.length;
    if (start > end || end > response.length) {
      return false;
    }

    const text = await family.engine.detokenise(Int32Array.of(id));
    const slice = response.slice(start, end);
    // Pieces of a character cannot be compared; a space may have been put before a text, or been swallowed.
    const comparable = !text.includes('\uFFFD') && slice !== '' && id !== family.endOfTurn;
    if (comparable && !slice.trimEnd().endsWith(text.trim())) {
      return false;
    }
  }

  return starts.length === ids.length;
}

const markup = [
  '[INST]',
  '<|',
  '|>',
  '<',
  '>',
  '>>',
  '<<',
  'im_end',
  'end|>',
  '</s',
  's>',
  '<|endoftext',
  'ANSWER',
];
const pieces = [
  'a',
  'Z.',
  ' ',
  '  ',
  '\n',
  '\n\n',
  '\r\n',
  '\t',
  '7',
  ' the',
  '。',
  '数学',
  'é',
  '😀',
  '👩‍🔬',
  '\u00A0',
];
const odd = ['\uFDD0', '\uFDD1', '\uFDD0\uFDD0', '\0', '\uFEFF', '\u200B', '\uE000'];

/** Texts mixed of special tokens, parts of them and whatever else is hard. */
function hardTexts({special}: Family): fc.Arbitrary<string> {
  const specials = special.slice(0, 20).map(({text}) => text);
  const fragment = fc.oneof(
    fc.constantFrom(...specials),
    fc.constantFrom(...specials).chain(text => fc.nat(text.length).map(length => text.slice(0, length))),
    fc.constantFrom(...specials).chain(text => fc.nat(text.length).map(length => text.slice(length))),
    fc.constantFrom(...markup),
    fc.constantFrom(...pieces),
    fc.constantFrom(...odd),
    fc.string({unit: 'grapheme', maxLength: 3}),
  );
  return fc.array(fragment, {maxLength: 10}).map(parts => parts.join(''));
}

testFamilies('whatever the texts are, only the template makes special tokens', async (t, family) => {
  const texts = hardTexts(family);
  const ownTokens = await expectedTokens(family, stretchesOf(family, user(''), ''));
  const ownSpecial = countSpecial(ownTokens, family);
  await fc.assert(
    fc.asyncProperty(texts, texts, async (prompt, response) => {
      const {tokens} = await tokeniseOne(family, prompt, response);
      const stretches = stretchesOf(family, user(prompt), response);
      const expected = await expectedTokens(family, stretches);
      deepEqual([...tokens], [...expected, family.endOfTurn]);
      deepEqual(countSpecial(tokens, family), ownSpecial + 1);
    }),
    {numRuns: 60},
  );
  t.pass();
});

testFamilies('whatever the texts are, the tokens of the response begin where they say', async (t, family) => {
  const texts = hardTexts(family);
  await fc.assert(
    fc.asyncProperty(texts, texts, async (prompt, response) => {
      const tokenised = await tokeniseOne(family, prompt, response);
      deepEqual(tokenised.starts.at(-1), response.length);
      return startsFit(family, response, tokenised);
    }),
    {numRuns: 60},
  );
  t.pass();
});

testFamilies('no two messages make a special token between them', async (t, family) => {
  const texts = hardTexts(family);
  await fc.assert(
    fc.asyncProperty(texts, texts, texts, async (first, second, response) => {
      const messages = [...user(first), {role: 'assistant', content: 'so'}, ...user(second)];
      const {tokens} = await tokeniseOne(family, messages, response);
      const expected = await expectedTokens(family, stretchesOf(family, messages, response));
      deepEqual([...tokens], [...expected, family.endOfTurn]);
    }),
    {numRuns: 30},
  );
  t.pass();
});

test('nor do messages that a template puts right behind each other', async t => {
  const family = families.get('gpt-2');
  if (!family) {
    t.log('left out: the llama.cpp in use does not ship the vocabulary');
    t.pass();
    return;
  }

  const {engine, endOfTurn} = family;
  for (const [first, second] of [
    ['x<|endof', 'text|>'],
    ['<', '|endoftext|>y'],
    ['<|endoftext|', '>'],
  ] as const) {
    const messages = [...user(first), ...user(second)];
    const {tokens} = await tokeniseOne(family, messages, 'z');
    // The template begins with the same special token, and the answer ends with it.
    t.is(countSpecial(tokens, family), 2);
    t.is(await engine.detokenise(tokens.slice(1, -1)), `${first}${second}\nA:\nz`);
    t.is(tokens.at(-1), endOfTurn);
  }
});

testFamilies('a special token of the vocabulary is plain text in prompt and response', async (t, family) => {
  const withoutSpace = (text: string) => text.replaceAll(/\s/gu, '');
  for (const {text: special} of family.special.slice(0, 20)) {
    const [prompt, response] = [`before${special}after`, `${special}and${special}`];
    const {tokens, promptLength, starts} = await tokeniseOne(family, prompt, response);
    t.is(countSpecial(tokens.slice(promptLength), family), 1);
    t.is(tokens.at(-1), family.endOfTurn);
    const templated = family.template.render(user(prompt)) + response;
    const text = await family.engine.detokenise(tokens.slice(0, -1));
    // Some tokenizers put a space behind a special token, or swallow those that are there.
    t.is(withoutSpace(text), withoutSpace(templated));
    t.true(await startsFit(family, response, {tokens, promptLength, starts}));
  }
});

testFamilies('special tokens in the data are taken for such if that is allowed', async (t, family) => {
  for (const {text: special} of family.special.slice(0, 20)) {
    const [prompt, response] = [`before${special}after`, `so${special}${special}`];
    const {tokens} = await tokeniseOne(family, prompt, response, {...complete, allowSpecialTokens: true});
    t.deepEqual([...tokens], await tokensOfLlamaCpp(family, prompt, response));
    t.true(countSpecial(tokens, family) >= 4);
  }
});

testFamilies('a token that begins in the prompt is not of the response', async (t, family) => {
  for (const response of [
    '\nbegins with a line end',
    '\n\n\nx',
    ' blank',
    'word',
    ':',
    '\r\nx',
    '\u0301accent',
  ]) {
    const prompt = family.template.render(user('x'));
    const tokenised = await tokeniseOne(family, 'x', response);
    const {tokens, starts} = await family.engine.tokenise(prompt + response, true);
    t.true(await startsFit(family, response, tokenised));
    if (!family.special.some(({stripRight}) => stripRight)) {
      const own = tokens.filter((_, index) => starts[index]! >= Buffer.byteLength(prompt));
      t.deepEqual([...tokenised.tokens.slice(tokenised.promptLength)], [...own, family.endOfTurn], response);
    }
  }
});

test('a line end that melts into the one before it is of the prompt', async t => {
  const family = families.get('qwen2');
  if (!family) {
    t.log('left out: the llama.cpp in use does not ship the vocabulary or the template');
    t.pass();
    return;
  }

  // The template ends with a line end.
  const {tokens, promptLength, starts} = await tokeniseOne(family, 'x', '\nSo be it');
  t.is(await family.engine.detokenise(tokens.slice(promptLength - 1, promptLength)), '\n\n');
  t.is(await family.engine.detokenise(tokens.slice(promptLength, promptLength + 1)), 'So');
  t.deepEqual([...starts], [1, 3, 6, 9]);
});

/** The pieces that the starts cut a response into. */
function piecesAt(response: string, starts: Uint32Array): string[] {
  return [...starts].map((start, index) => response.slice(start, starts[index + 1]));
}

test('white space that a special token swallows is no token and moves none', async t => {
  const family = families.get('phi-3');
  if (!family) {
    t.log('left out: the llama.cpp in use does not ship the vocabulary or the template');
    t.pass();
    return;
  }

  // The template ends with a special token and a line end, both of which Phi-3 takes for the token alone.
  const {tokens, promptLength, starts} = await tokeniseOne(family, '\nWhat now?  ', '\n\n  Hello there');
  const last = family.special.find(({token}) => token === tokens[promptLength - 1]);
  t.is(last?.text, '<|assistant|>');
  t.deepEqual(piecesAt('\n\n  Hello there', starts), ['Hello', ' there', '']);
  const noBreak = await tokeniseOne(family, {raw: '<|user|>'}, '\u00A0Hello');
  t.deepEqual(piecesAt('\u00A0Hello', noBreak.starts), ['\u00A0', 'Hello', '']);
});

testFamilies('a raw text is used as it is, its special tokens included', async (t, family) => {
  for (const {text: special} of family.special.slice(0, 5)) {
    const raw = `x${special}  y${special}z`;
    for (const response of ['plain', ` ${special}`, '\n']) {
      const {tokens, promptLength} = await tokeniseOne(family, {raw}, response);
      const stretches = [
        {text: raw, own: true},
        {text: response, own: false},
      ];
      t.deepEqual([...tokens], [...(await expectedTokens(family, stretches)), family.endOfTurn]);
      t.is(countSpecial(tokens.slice(0, promptLength), family), 2);
    }
  }
});

testFamilies('a raw text and a response make no special token between them', async (t, family) => {
  for (const {text: special} of family.special.slice(0, 20)) {
    for (let length = 1; length < special.length; length++) {
      const raw = `x ${special.slice(0, length)}`;
      const {tokens} = await tokeniseOne(family, {raw}, `${special.slice(length)} y`);
      t.is(countSpecial(tokens, family), 1);
    }
  }
});

testFamilies('raw tokens are the prompt as they are', async (t, family) => {
  const raw = [5, 3, 300, 5, family.endOfTurn, 7];
  const response = `so${family.special[0]!.text}`;
  const {tokens: own} = await family.engine.tokenise(response, false);
  for (const prompt of [{raw}, {raw: Int32Array.from(raw)}]) {
    const {tokens, promptLength} = await tokeniseOne(family, prompt, response);
    t.is(promptLength, raw.length);
    t.deepEqual([...tokens], [...raw, ...own, family.endOfTurn]);
  }
});

testFamilies('an unfinished response has no end-of-turn token', async (t, family) => {
  const finished = await tokeniseOne(family, 'x', 'and then');
  const unfinished = await tokeniseOne(family, 'x', 'and then', {...complete, complete: false});
  t.deepEqual([...unfinished.tokens, family.endOfTurn], [...finished.tokens]);
  t.deepEqual([...unfinished.starts, 'and then'.length], [...finished.starts]);
  t.is(unfinished.promptLength, finished.promptLength);
});

testFamilies('each of several responses has the tokens that it has alone', async (t, family) => {
  const responses = ['one', `\n${family.special[0]!.text}`, '\uFDD0', ''];
  const together = await family.pair.tokeniser.tokenise('x', responses, complete);
  for (const [index, response] of responses.entries()) {
    t.deepEqual(together[index], await tokeniseOne(family, 'x', response));
  }
});

test('a model without a token that ends a turn can only have unfinished responses', async t => {
  const seven: Tokeniser = {
    vocabulary: {specialTokens: [], beginOfText: -1, endOfText: -1, endOfTurn: -1, chatTemplate: null},
    tokenise: async () => ({tokens: Int32Array.of(7), starts: Uint32Array.of(0)}),
    detokenise: async () => 'seven',
  };
  const tokeniser = await ConversationTokeniser.open(seven);
  const tokenise = async (complete: boolean) =>
    tokeniser.tokenise({raw: [1, 2]}, ['x'], {complete, allowSpecialTokens: false});
  const error = await t.throwsAsync(tokenise(true), {instanceOf: InvalidInputError});
  t.regex(error.message, /complete: false/);
  t.deepEqual([...(await tokenise(false))[0]!.tokens], [1, 2, 7]);
});
