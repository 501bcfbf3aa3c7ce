import {Template} from '@huggingface/jinja';
import test from 'ava';
import {type ChatMessage, ChatTemplateError} from '../../lib/index.js';
import {ChatTemplate} from '../../lib/text/chat-template.js';
import {templateNames, templateSource} from './templates.js';

const tokens = {bos_token: '<BEGIN>', eos_token: '<END>'};
const user = {role: 'user', content: 'What is the area of the garden?'};
const system = {role: 'system', content: 'Answer in verse.'};
const names = templateNames();

function failureOf(render: () => unknown): ChatTemplateError {
  try {
    render();
  } catch (error) {
    if (error instanceof ChatTemplateError) {
      return error;
    }

    throw error;
  }

  throw new Error('The template did not fail');
}

/** What the Jinja library makes of a template by itself; `undefined` if it cannot. */
function renderedByLibrary(source: string, messages: readonly ChatMessage[]): string | undefined {
  try {
    const none = {tools: null, documents: null};
    return new Template(source).render({...tokens, ...none, messages, add_generation_prompt: true});
  } catch {
    return undefined;
  }
}

for (const [what, messages] of [
  ["a user's turn", [user]],
  ['a system message and a turn', [system, user]],
] as const) {
  test(`${what} goes through every real template that can be rendered`, t => {
    if (names.length === 0) {
      t.log('left out: the llama.cpp in use ships no templates');
      t.pass();
      return;
    }

    let rendered = 0;
    for (const name of names) {
      const source = templateSource(name)!;
      const expected = renderedByLibrary(source, messages);
      const render = () => new ChatTemplate(source, tokens).render(messages);
      if (expected === undefined) {
        t.is(failureOf(render).code, 'CHAT_TEMPLATE_FAILED', name);
        continue;
      }

      rendered++;
      const text = render();
      t.is(text, expected, name);
      t.true(
        messages.every(({content}) => text.includes(content)),
        name,
      );
    }

    t.log(`${rendered} of ${names.length} templates`);
    t.true(rendered >= 0.85 * names.length);
  });
}

const ends = {
  'Qwen-Qwen2.5-7B-Instruct': '<|im_end|>',
  'Qwen-Qwen3-0.6B': '<|im_end|>',
  'HuggingFaceTB-SmolLM3-3B': '<|im_end|>',
  'meta-llama-Llama-3.1-8B-Instruct': '<|eot_id|>',
  'meta-llama-Llama-3.2-3B-Instruct': '<|eot_id|>',
  'meta-llama-Llama-3.3-70B-Instruct': '<|eot_id|>',
  'mistralai-Mistral-Nemo-Instruct-2407': '<END>',
  'Mistral-Small-3.2-24B-Instruct-2506': '<END>',
  'google-gemma-2-2b-it': '<end_of_turn>',
  'google-gemma-4-31B-it': '<turn|>',
  'deepseek-ai-DeepSeek-R1-Distill-Qwen-32B': '<｜end▁of▁sentence｜>',
  'deepseek-ai-DeepSeek-V3.1': '<｜end▁of▁sentence｜>',
  'microsoft-Phi-3.5-mini-instruct': '<|end|>',
  'ibm-granite-granite-4.0': '<|end_of_text|>',
  'openai-gpt-oss-120b': '<|return|>',
};

for (const [name, end] of Object.entries(ends)) {
  test(`${name} puts ${end} behind an answer`, t => {
    const source = templateSource(name);
    if (source === undefined) {
      t.log('left out: the llama.cpp in use does not ship it');
      t.pass();
      return;
    }

    t.true(new ChatTemplate(source, tokens).afterAnswer()?.trimStart().startsWith(end));
  });
}

test("a template that refuses messages is quoted in the error's message", t => {
  const template = new ChatTemplate("{{ raise_exception('No system messages, please') }}", tokens);
  const error = failureOf(() => template.render([system, user]));
  t.is(error.code, 'CHAT_TEMPLATE_FAILED');
  t.regex(error.message, /No system messages, please/);
  t.regex(error.message, /\{raw\}/);
  t.true(error.cause instanceof Error);
});

test('a real template that refuses system messages says so', t => {
  const source = templateSource('google-gemma-2-2b-it');
  if (source === undefined) {
    t.log('left out: the llama.cpp in use does not ship it');
    t.pass();
    return;
  }

  const error = failureOf(() => new ChatTemplate(source, tokens).render([system, user]));
  t.regex(error.message, /System role not supported/);
});

test('a template that cannot be parsed is an error with the reason, once it is needed', t => {
  for (const source of ['{% for message in messages %}', '{{ messages[0].content', '{% nonsense %}']) {
    const template = new ChatTemplate(source, tokens);
    t.is(template.afterAnswer(), undefined);
    const error = failureOf(() => template.render([user]));
    t.is(error.code, 'CHAT_TEMPLATE_FAILED');
    t.regex(error.message, /could not be parsed: \S/);
  }
});

test('what comes behind an answer is not known where the template refuses answers or drops them', t => {
  const refusing = "{% if messages[-1].role == 'assistant' %}{{ raise_exception('no') }}{% endif %}";
  t.is(new ChatTemplate(refusing, tokens).afterAnswer(), undefined);
  t.is(new ChatTemplate('always the same', tokens).afterAnswer(), undefined);
});

test('nothing may come behind an answer', t => {
  const source = '{% for message in messages %}{{ message.content }}{% endfor %}';
  t.is(new ChatTemplate(source, tokens).afterAnswer(), '');
});

test('the begin- and end-of-text tokens and the turn to generate reach the template', t => {
  const source =
    '{{ bos_token }}{{ messages[0].content }}{{ eos_token }}{% if add_generation_prompt %}>{% endif %}';
  t.is(new ChatTemplate(source, tokens).render([{role: 'user', content: ' x '}]), '<BEGIN> x <END>>');
});
