import test from 'ava';
import {ConversationTokeniser} from '../../lib/text/conversation-tokeniser.js';
import {describeTemplate} from '../../lib/text/learn-template.js';
import {byteTokeniser} from './byte-tokeniser.js';
import {templateNames, templateSource} from './templates.js';

const plain = {rendering: 'conversation', trims: false, keepsThinking: true, opensThinking: false} as const;

for (const [name, expected] of [
  ['Qwen-Qwen2.5-7B-Instruct', plain],
  ['meta-llama-Llama-3.1-8B-Instruct', {...plain, trims: true}],
  ['google-gemma-2-2b-it', {...plain, trims: true}],
  ['Qwen-Qwen3-0.6B', plain],
  ['Qwen-QwQ-32B', plain],
  ['google-gemma-4-31B-it', {...plain, trims: true}],
] as const) {
  const source = templateSource(name);
  (source === undefined ? test.skip : test)(
    `of ${name} alone it is told what becomes of a response`,
    async t => {
      t.deepEqual(await describeTemplate(source!), expected);
    },
  );
}

test('a template alone is described as a pair describes it', async t => {
  for (const name of templateNames().filter((_, index) => index % 7 === 3)) {
    const source = templateSource(name)!;
    const tokeniser = await ConversationTokeniser.open(byteTokeniser(source, ['<bos>', '<eos>']));
    t.deepEqual(await describeTemplate(source), tokeniser.info, name);
    tokeniser.close();
  }
});

test('what the template is told counts, and so does a rendering that is asked for', async t => {
  const source =
    '{% for m in messages %}{% if m.role == "user" or enable_thinking %}<{{ m.content }}>' +
    '{% elif not m.content.startswith("<think>") %}<{{ m.content }}>{% endif %}{% endfor %}';
  t.is((await describeTemplate(source))!.keepsThinking, false);
  t.is((await describeTemplate(source, {templateArguments: {enable_thinking: true}}))!.keepsThinking, true);
  const qwq = templateSource('Qwen-QwQ-32B');
  if (qwq !== undefined) {
    t.true((await describeTemplate(qwq, {templateArguments: {enable_thinking: true}}))!.opensThinking);
  }

  t.is((await describeTemplate(source, {rendering: 'continuation'}))!.rendering, 'continuation');
});

test('a template that is broken, or has no place for a response, has no description', async t => {
  t.is(await describeTemplate('{% for'), null);
  t.is(await describeTemplate('{{ raise_exception("no") }}'), null);
});
