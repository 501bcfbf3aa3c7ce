import {readFileSync} from 'node:fs';
import test, {type ExecutionContext} from 'ava';
import {
  type ChatMessage,
  ChatTemplateError,
  ContextOverflowError,
  type TextWarning,
  type TokenisedResponse,
  type TokeniseOptions,
} from '../../lib/index.js';
import {ConversationTokeniser} from '../../lib/text/conversation-tokeniser.js';
import type {RenderingOptions} from '../../lib/text/rendering.js';
import {type ByteTokeniser, byteTokeniser} from './byte-tokeniser.js';
import {templateSource} from './templates.js';

const plainAnswer = 'First, 2 + 3 = 5.\n\nAnswer: 5';
const thinkingAnswer = `<think>\nadd them\n</think>\n\n${plainAnswer}`;
const question = [{role: 'user', content: 'What is 2 + 3?'}];

function linesOf<Line>(name: string): Line[] {
  const file = new URL(`../data/chat-templates/${name}`, import.meta.url);
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Line);
}

/** What looks like a special token of some model. */
const special =
  /<[|｜][^<>]*?[|｜]?>|<[a-z]+\|>|<(?:start|end)_of_turn>|<\/?s>|\[gMASK\]|<seed:(?:bos|eos)>/gu;

/** A tokeniser of bytes with a real template, and all special tokens of a text. */
function bytesOf(template: string, text: string): ByteTokeniser {
  return byteTokeniser(template, [...new Set(['<s>', '</s>', ...(text.match(special) ?? [])])]);
}

async function tokeniseOne(
  bytes: ByteTokeniser,
  messages: readonly ChatMessage[],
  response: string,
  options: Partial<TokeniseOptions> = {},
): Promise<TokenisedResponse & {text: string; promptText: string}> {
  const tokeniser = await ConversationTokeniser.open(bytes);
  try {
    const all = {complete: true, allowSpecialTokens: false, ...options};
    const [tokenised] = await tokeniser.tokenise(messages, [response], all);
    const {tokens, promptLength} = tokenised!;
    return {
      ...tokenised!,
      text: bytes.textOf(tokens),
      promptText: bytes.textOf(tokens.subarray(0, promptLength)),
    };
  } finally {
    tokeniser.close();
  }
}

/** Runs a test with a template of llama.cpp's source, if that is there. */
async function withTemplate(
  t: ExecutionContext,
  name: string,
  run: (source: string) => Promise<void>,
): Promise<void> {
  const source = templateSource(name);
  if (source === undefined) {
    t.log('left out: the llama.cpp in use does not ship it');
    t.pass();
    return;
  }

  await run(source);
}

for (const {template, messages, response, expected} of linesOf<{
  template: string;
  messages: ChatMessage[];
  response: string;
  expected: string;
}>('conversations.jsonl')) {
  test(`${template} sees its own text of ${JSON.stringify(response)}`, async t => {
    await withTemplate(t, template, async source => {
      const date = /Current date: (\S+)/u.exec(expected)?.[1];
      const bytes = bytesOf(source, expected);
      const options: RenderingOptions = {date, rendering: 'conversation'};
      const {text, unscored} = await tokeniseOne(bytes, messages, response, options);
      // A template that ends no turn is ended by the token that ends a text.
      const whole = text.endsWith('</s>') ? text.slice(0, -4) : text;
      t.is(whole, expected.slice(0, whole.length));
      t.is(expected.slice(whole.length).trim(), '');
      t.true(whole.trimEnd().endsWith('Answer: 5') || text.length > expected.lastIndexOf('Answer: 5') + 9);
      const left = unscored.map(({start, end}) => response.slice(start, end)).join('');
      const isCut = template.startsWith('deepseek') && response.startsWith('<think>');
      t.is(left.trim(), isCut ? '<think>\nadd them\n</think>' : '');
      // It is what is chosen, unless the template drops the thinking.
      const automatic = await tokeniseOne(bytes, messages, response, {date});
      t.is(automatic.rendering, isCut ? 'continuation' : 'conversation');
    });
  });
}

for (const {template, messages, expected} of linesOf<{
  template: string;
  messages: ChatMessage[];
  expected: string;
}>('prompts.jsonl')) {
  test(`${template} renders ${messages.length} messages as jinja2 does`, async t => {
    await withTemplate(t, template, async source => {
      const {promptText} = await tokeniseOne(bytesOf(source, expected), messages, 'x', {
        rendering: 'continuation',
      });
      t.is(promptText, expected);
    });
  });
}

const opensThinking =
  "{% for m in messages %}{% if m.role == 'user' %}<s>Q{{ m.content }}{% else %}" +
  "<s>A{{ m.content.split('</think>')[-1] | trim }}</s>{% endif %}{% endfor %}" +
  '{% if add_generation_prompt %}<s>A<think>\n{% endif %}';

test('what the prompt has opened is not doubled, and what the template drops is told', async t => {
  const bytes = byteTokeniser(opensThinking, ['<s>', '</s>']);
  for (const [response, body] of [
    [thinkingAnswer, thinkingAnswer.slice('<think>\n'.length)],
    [`<think>add\n</think>${plainAnswer}`, `add\n</think>${plainAnswer}`],
    [`add\n</think>${plainAnswer}`, `add\n</think>${plainAnswer}`],
  ] as const) {
    const {text, rendering, unscored, isCutByTemplate, starts} = await tokeniseOne(bytes, question, response);
    t.is(rendering, 'continuation');
    t.true(isCutByTemplate);
    t.is(text, `<s>QWhat is 2 + 3?<s>A<think>\n${body}</s>`);
    const opened = response.length - body.length;
    t.deepEqual(unscored, opened === 0 ? [] : [{start: 0, end: opened}]);
    t.is(starts[0], opened);
  }
});

test('a response that thinks takes the place of the empty thinking that the prompt ends with', async t => {
  const template = opensThinking.replace('<think>\n{% endif', '<think>\n</think>\n\n{% endif');
  const bytes = byteTokeniser(template, ['<s>', '</s>']);
  const thinking = await tokeniseOne(bytes, question, thinkingAnswer);
  t.deepEqual([thinking.rendering, thinking.unscored], ['continuation', []]);
  t.is(thinking.text, `<s>QWhat is 2 + 3?<s>A${thinkingAnswer}</s>`);
  const options = {rendering: 'continuation'} as const;
  const {promptText} = await tokeniseOne(bytes, question, plainAnswer, options);
  t.true(promptText.endsWith('A<think>\n</think>\n\n'));
});

test('a rendering can be forced', async t => {
  const bytes = byteTokeniser(opensThinking, ['<s>', '</s>']);
  const kept = await tokeniseOne(bytes, question, thinkingAnswer, {rendering: 'conversation'});
  t.is(kept.text, `<s>QWhat is 2 + 3?<s>A${plainAnswer}</s>`);
  t.is(kept.starts[0], thinkingAnswer.indexOf('First'));
  t.deepEqual(kept.unscored, [{start: 0, end: thinkingAnswer.indexOf('First')}]);
  const generated = await tokeniseOne(bytes, question, plainAnswer, {rendering: 'continuation'});
  t.is(generated.text, `<s>QWhat is 2 + 3?<s>A<think>\n${plainAnswer}</s>`);
  t.is((await tokeniseOne(bytes, question, plainAnswer)).text, `<s>QWhat is 2 + 3?<s>A${plainAnswer}</s>`);
});

test('a template without a place for the response can only be continued', async t => {
  const template = "{% for m in messages %}{{ 'U' + m.content if m.role == 'user' }}{% endfor %}A";
  const bytes = byteTokeniser(template, ['<s>', '</s>']);
  const {text, rendering} = await tokeniseOne(bytes, question, plainAnswer);
  t.deepEqual([text, rendering], [`UWhat is 2 + 3?A${plainAnswer}</s>`, 'continuation']);
  const error = await t.throwsAsync(tokeniseOne(bytes, question, plainAnswer, {rendering: 'conversation'}), {
    instanceOf: ChatTemplateError,
  });
  t.regex(error.message, /no place for the response/);
});

const trims =
  '{% for m in messages %}<s>{{ m.role }}: {{ m.content | trim }}</s>{% endfor %}{% if add_generation_prompt %}<s>assistant: {% endif %}';

test('a template that trims the response trims it here, and the places stay those of the response', async t => {
  const response = '  First.\n\nThen. \n';
  const {text, starts, unscored, promptText} = await tokeniseOne(
    byteTokeniser(trims, ['<s>', '</s>']),
    question,
    response,
  );
  t.is(text, '<s>user: What is 2 + 3?</s><s>assistant: First.\n\nThen.</s>');
  t.is(promptText, '<s>user: What is 2 + 3?</s><s>assistant: ');
  t.is(response.slice(starts[0]!, starts[6]), 'First.');
  t.is(starts.at(-1), response.length);
  t.deepEqual(unscored, [
    {start: 0, end: 2},
    {start: 15, end: 17},
  ]);
});

test('short responses are found where they are, not in the text of the template', async t => {
  const template =
    '{% for m in messages %}<s>{{ m.role }}\n{{ m.content }}</s>end of turn 5 a\n{% endfor %}{% if add_generation_prompt %}<s>assistant\n{% endif %}';
  const bytes = byteTokeniser(template, ['<s>', '</s>']);
  for (const response of ['5', 'a', 'end', 'assistant', 'implicit-prm', ' 5', 'turn 5 a\n', '</s>']) {
    const {text, promptText, unscored} = await tokeniseOne(bytes, question, response);
    t.is(text, `<s>user\nWhat is 2 + 3?</s>end of turn 5 a\n<s>assistant\n${response}</s>`);
    t.true(promptText.endsWith('assistant\n'));
    t.deepEqual(unscored, []);
  }
});

test('an unfinished response is rendered as what it may become', async t => {
  const bytes = byteTokeniser(opensThinking, ['<s>', '</s>']);
  const unfinished = {complete: false};
  const thinking = await tokeniseOne(bytes, question, 'add them', unfinished);
  t.is(thinking.text, '<s>QWhat is 2 + 3?<s>A<think>\nadd them');
  const plain = byteTokeniser(trims, ['<s>', '</s>']);
  t.is((await tokeniseOne(plain, question, 'Fir', unfinished)).rendering, 'conversation');
  // Thinking that has begun and not ended is no answer, whatever the template would write.
  t.is((await tokeniseOne(plain, question, '<think>\nadd', unfinished)).rendering, 'continuation');
  t.is((await tokeniseOne(plain, question, '<think>\nadd')).rendering, 'continuation');
});

test('a template sees a fixed date, or the one that it is given', async t => {
  const template = "{{ strftime_now('%d %b %Y') }}{% for m in messages %}|{{ m.content }}{% endfor %}";
  const bytes = byteTokeniser(template, ['<s>', '</s>']);
  t.true((await tokeniseOne(bytes, question, 'x')).text.startsWith('26 Jul 2024|'));
  const other = await tokeniseOne(bytes, question, 'x', {date: '2031-02-03'});
  t.true(other.text.startsWith('03 Feb 2031|'));
});

test('a template is given arguments', async t => {
  const template =
    "{{ reasoning_effort | default('medium') }} {{ enable_thinking }}{% for m in messages %}|{{ m.content }}{% endfor %}";
  const bytes = byteTokeniser(template, ['<s>', '</s>']);
  const templateArguments = {reasoning_effort: 'high', enable_thinking: false};
  t.is((await tokeniseOne(bytes, question, 'x', {templateArguments})).text.split('|')[0], 'high False');
  t.is((await tokeniseOne(bytes, question, 'x')).text.split('|')[0], 'medium ');
  const tokeniser = await ConversationTokeniser.open(bytes, {templateArguments, date: '2031-02-03'});
  const options = {complete: true, allowSpecialTokens: false};
  const [tokenised] = await tokeniser.tokenise(question, ['x'], {
    ...options,
    templateArguments: {reasoning_effort: 'low'},
  });
  t.is(bytes.textOf(tokenised!.tokens).split('|')[0], 'low False');
});

test('a prompt is tokenised once for all responses', async t => {
  const bytes = byteTokeniser(trims, ['<s>', '</s>']);
  const tokeniser = await ConversationTokeniser.open(bytes);
  const responses = Array.from({length: 100}, (_, index) => `Answer: ${index}`);
  const options = {complete: true, allowSpecialTokens: false};
  const all = await tokeniser.tokenise(question, responses, options);
  t.is(bytes.asked.filter(text => text.includes('What is')).length, 1);
  t.is(bytes.asked.length, 101);
  t.is(bytes.textOf(all[70]!.tokens), '<s>user: What is 2 + 3?</s><s>assistant: Answer: 70</s>');
});

test('a text that cannot fit is refused before it is tokenised', async t => {
  const bytes = byteTokeniser(trims, ['<s>', '</s>']);
  const tokeniser = await ConversationTokeniser.open(bytes);
  const options = {complete: true, allowSpecialTokens: false, contextSize: 100};
  const prompt = 'x'.repeat(10_000);
  const error = await t.throwsAsync(tokeniser.tokenise(prompt, ['a', 'b'], options), {
    instanceOf: ContextOverflowError,
  });
  t.regex(error.message, /at least 25\d\d tokens, but the context has 100/);
  t.deepEqual(bytes.asked, []);
});

test('a signal is heeded between responses', async t => {
  const bytes = byteTokeniser(trims, ['<s>', '</s>']);
  const tokeniser = await ConversationTokeniser.open(bytes);
  const controller = new AbortController();
  const reason = new Error('enough');
  const options = {complete: true, allowSpecialTokens: false, signal: controller.signal};
  const each = tokeniser.tokeniseEach(question, ['a', 'b', 'c'], options);
  await each.next();
  controller.abort(reason);
  t.is(await t.throwsAsync(each.next()), reason);
});

test('warnings tell what may surprise', async t => {
  const warnings: TextWarning[] = [];
  const template = opensThinking.replace('| trim', '');
  const bytes = byteTokeniser(template, ['<s>', '</s>']);
  const tokeniser = await ConversationTokeniser.open(bytes, {
    onWarning: warning => warnings.push(warning),
  });
  const options = {complete: true, allowSpecialTokens: false};
  await tokeniser.tokenise(question, [plainAnswer], options);
  await tokeniser.tokenise({raw: 'x'}, [' y '], options);
  t.deepEqual(warnings, []);
  await tokeniser.tokenise(question, [' x', thinkingAnswer], options);
  t.deepEqual(
    warnings.map(({code}) => code),
    ['WHITE_SPACE_SCORED', 'RESPONSE_CUT_BY_TEMPLATE'],
  );
});

test('the tokeniser tells what the template does', async t => {
  const infoOf = async (template: string) =>
    (await ConversationTokeniser.open(byteTokeniser(template, ['<s>', '</s>']))).info;
  const conversation = {rendering: 'conversation', trims: false, keepsThinking: true, opensThinking: false};
  t.deepEqual(await infoOf(trims), {...conversation, trims: true} as const);
  t.deepEqual(await infoOf(opensThinking), {
    ...conversation,
    trims: true,
    keepsThinking: false,
    opensThinking: true,
  } as const);
  t.is(await infoOf('{% broken'), null);
});
