import {ok} from 'node:assert/strict';
import {MeteredEngine} from '../../lib/engine/metered-engine.js';
import {NativeEngine} from '../../lib/engine/native/native-engine.js';
import {type ChatMessage, openPair, type Pair} from '../../lib/index.js';
import {defaultDate} from '../../lib/text/rendering.js';
import {JinjaTemplate} from '../../lib/text/template/jinja-template.js';
import type {SpecialToken} from '../../lib/text/tokeniser.js';
import {str} from '../helpers/gguf-file.js';
import {vocabularyFile} from '../helpers/llama-cpp-source.js';
import {randomLlama} from '../helpers/tiny-models.js';
import {templateSource} from './templates.js';

/** How a family of models is made: whose vocabulary it has and which chat template. */
interface Recipe {
  vocabulary: string;
  /** The template's Jinja source, or that of a file in llama.cpp's source; the vocabulary file's own if left out. */
  template?: string | {file: string};
  /** By it llama.cpp knows the models whose special tokens swallow white space. */
  modelName?: string;
}

const alternating = (user: string, answer: string) =>
  "{{ bos_token }}{% for message in messages %}{% if message.role == 'assistant' %}" +
  `${answer}{% else %}${user}{% endif %}{% endfor %}`;

const recipes: Record<string, Recipe> = {
  qwen2: {vocabulary: 'qwen2', template: {file: 'Qwen-Qwen2.5-7B-Instruct'}},
  'llama-spm': {
    vocabulary: 'llama-spm',
    template: alternating(
      "{{ '[INST] ' + message.content + ' [/INST]' }}",
      "{{ ' ' + message.content + eos_token }}",
    ),
  },
  'phi-3': {
    vocabulary: 'phi-3',
    template: {file: 'microsoft-Phi-3.5-mini-instruct'},
    modelName: 'Phi-3.5 mini',
  },
  'llama-bpe': {vocabulary: 'llama-bpe', template: {file: 'meta-llama-Llama-3.1-8B-Instruct'}},
  'gpt-2': {
    vocabulary: 'gpt-2',
    // One message right behind the other.
    template:
      alternating('{{ message.content }}', '{{ message.content + eos_token }}') +
      "{% if add_generation_prompt %}{{ '\\nA:\\n' }}{% endif %}",
  },
  'deepseek-llm': {
    vocabulary: 'deepseek-llm',
    template:
      alternating("{{ 'User: ' + message.content + '\\n\\n' }}", '{{ message.content + eos_token }}') +
      "{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}",
  },
  'command-r': {vocabulary: 'command-r'},
  falcon: {
    vocabulary: 'falcon',
    template: alternating(
      "{{ '>>QUESTION<<' + message.content + '>>ANSWER<<' }}",
      "{{ message.content + '<|endoftext|>' }}",
    ),
  },
  'gpt-neox': {
    vocabulary: 'gpt-neox',
    template: alternating(
      "{{ message.content + '<|padding|>  ' }}",
      "{{ message.content + '<|endoftext|>' }}",
    ),
  },
  'gemma-4': {vocabulary: 'gemma-4'},
};

export const familyNames = Object.keys(recipes);

/** The template of a family, on this thread. */
export interface FamilyTemplate {
  /** A conversation up to where an answer begins. */
  render(messages: readonly ChatMessage[]): string;
  /** A conversation whose last message is an answer. */
  conversation(messages: readonly ChatMessage[]): string;
}

/** A pair without a reference, with the vocabulary and the template of a family of real models. */
export interface Family {
  pair: Pair;
  engine: NativeEngine;
  template: FamilyTemplate;
  special: readonly SpecialToken[];
  /** The token that ends an answer. */
  endOfTurn: number;
}

/** Opens the model of a family; `undefined` if the llama.cpp in use lacks the vocabulary or the template. */
export async function openFamily(name: string, directory: string): Promise<Family | undefined> {
  const {vocabulary, template, modelName} = recipes[name]!;
  const vocabFrom = vocabularyFile(vocabulary);
  const source = typeof template === 'object' ? templateSource(template.file) : template;
  if (vocabFrom === undefined || (template !== undefined && source === undefined)) {
    return undefined;
  }

  const policy = randomLlama(directory, {
    vocabFrom,
    ...{embedding: 32, heads: 1, layers: 1, feedForward: 32, type: 'F16'},
    metadata: {
      ...(source === undefined ? {} : {'tokenizer.chat_template': str(source)}),
      ...(modelName === undefined ? {} : {'general.name': str(modelName)}),
    },
  });
  return describeFamily(await openPair({policy, gpu: false, contextSize: 64, threads: 1}));
}

function describeFamily(pair: Pair): Family {
  ok(pair.engine instanceof MeteredEngine);
  const {inner: engine} = pair.engine;
  ok(engine instanceof NativeEngine);
  const {policy, specialTokens: special} = engine.description;
  const textOf = (id: number) => special.find(({token}) => token === id)?.text ?? '';
  const template = familyTemplate(policy.chatTemplate!, {
    bos_token: textOf(policy.beginOfText),
    eos_token: textOf(policy.endOfText),
  });
  const answered = template.conversation([
    {role: 'user', content: 'x'},
    {role: 'assistant', content: 'Placeholder'},
  ]);
  const after = answered.split('Placeholder')[1]!.trimStart();
  const end = special.find(({text}) => after.startsWith(text));
  ok(end, 'the template ends an answer with a special token');
  return {pair, engine, template, special, endOfTurn: end.token};
}

function familyTemplate(source: string, names: Record<string, string>): FamilyTemplate {
  const template = new JinjaTemplate(source);
  const rendered = (messages: readonly ChatMessage[], prompt: boolean) =>
    template.render(
      {...names, tools: null, documents: null, messages, add_generation_prompt: prompt},
      defaultDate,
    );
  return {
    render: messages => rendered(messages, true),
    conversation: messages => rendered(messages, false),
  };
}

// White space at the ends as Python sees it: a byte order mark is none.
// biome-ignore lint/suspicious/noControlCharactersInRegex: Python strips them
const pythonSpace = /^[ \t-\r\u001C-\u001F\u0085\p{Z}]+|[ \t-\r\u001C-\u001F\u0085\p{Z}]+$/gu;

/** A stretch of a templated conversation: either the template's own text, or what a caller gave. */
export interface Stretch {
  text: string;
  own: boolean;
}

/** A templated conversation and an answer to it, with what is whose told apart. */
export function stretchesOf(
  {template}: Family,
  messages: readonly ChatMessage[],
  response: string,
): Stretch[] {
  const placeholders = messages.map((_, index) => `Placeholder${index}`);
  const rendered = template.render(messages.map(({role}, index) => ({role, content: placeholders[index]!})));
  const trims = !template.render([{role: 'user', content: ' Placeholder0 '}]).includes(' Placeholder0 ');
  const stretches: Stretch[] = [];
  let rest = rendered;
  for (const [index, placeholder] of placeholders.entries()) {
    const at = rest.indexOf(placeholder);
    ok(at !== -1, 'the template has the messages in their order, once each');
    const {content} = messages[index]!;
    stretches.push(
      {text: rest.slice(0, at), own: true},
      {text: trims ? content.replaceAll(pythonSpace, '') : content, own: false},
    );
    rest = rest.slice(at + placeholder.length);
  }

  return [...stretches, {text: rest, own: true}, {text: response, own: false}];
}

/**
 * What the tokens of a conversation have to be, worked out another way than the library does: special tokens where the
 * template has them, and everything between two of them tokenised as plain text.
 */
export async function expectedTokens(family: Family, stretches: readonly Stretch[]): Promise<number[]> {
  const parts: (string | SpecialToken)[] = [''];
  for (const part of stretches.flatMap(({text, own}) =>
    own ? atSpecialTokens(family.special, text) : [text],
  )) {
    const last = parts.at(-1);
    if (typeof part === 'string' && typeof last === 'string') {
      parts[parts.length - 1] = last + part;
    } else {
      parts.push(part);
    }
  }

  const tokens: number[] = [];
  for (const [index, part] of parts.entries()) {
    if (typeof part === 'object') {
      tokens.push(part.token);
    } else {
      const before = parts[index - 1];
      const swallowed = typeof before === 'object' && before.stripRight;
      const kept = swallowed ? part.replace(/^[ \t\n\v\f\r]+/, '') : part;
      tokens.push(...(await family.engine.tokenise(kept, false)).tokens);
    }
  }

  return tokens;
}

/** The texts and the special tokens that a text of the template consists of. No two of these overlap. */
function atSpecialTokens(special: readonly SpecialToken[], text: string): (string | SpecialToken)[] {
  const found = special
    .filter(token => text.includes(token.text))
    .toSorted((a, b) => text.indexOf(a.text) - text.indexOf(b.text) || b.text.length - a.text.length)[0];
  if (!found) {
    return [text];
  }

  const at = text.indexOf(found.text);
  return [text.slice(0, at), found, ...atSpecialTokens(special, text.slice(at + found.text.length))];
}
