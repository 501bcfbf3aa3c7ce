import test from 'ava';
import {ConversationTokeniser} from '../../lib/text/conversation-tokeniser.js';
import type {RenderingOptions} from '../../lib/text/rendering.js';
import {byteTokeniser} from './byte-tokeniser.js';
import {templateSource} from './templates.js';

const options = {complete: true, allowSpecialTokens: false};

/** The whole text that is evaluated. */
async function textOf(
  template: string,
  {date, ...rest}: RenderingOptions,
  atOpening = false,
): Promise<string> {
  const bytes = byteTokeniser(template, ['<s>', '</s>']);
  const tokeniser = await ConversationTokeniser.open(bytes, atOpening ? {date} : {});
  try {
    const call = {...options, ...rest, ...(atOpening ? {} : {date})};
    const [tokenised] = await tokeniser.tokenise('What is 2 + 3?', ['It is 5.'], call);
    return bytes.textOf(tokenised!.tokens);
  } finally {
    tokeniser.close();
  }
}

for (const [name, usual, other] of [
  ['meta-llama-Llama-3.2-3B-Instruct', 'Today Date: 26 Jul 2024\n', 'Today Date: 03 Feb 2031\n'],
  ['ibm-granite-granite-3.3-2B-Instruct', 'Date: July 26, 2024.', 'Date: February 03, 2031.'],
  ['Mistral-Small-3.2-24B-Instruct-2506', 'current date is 2024-07-26.', 'current date is 2031-02-03.'],
  ['openai-gpt-oss-120b', 'Current date: 2024-07-26\n', 'Current date: 2031-02-03\n'],
  ['Apertus-8B-Instruct', 'Current date: 2024-07-26<', 'Current date: 2031-02-03<'],
  ['upstage-Solar-Open-100B', 'current date is 2024-07-26.', 'current date is 2031-02-03.'],
  ['muse-glimmer', 'Current date: 2024-07-26.', 'Current date: 2031-02-03.'],
] as const) {
  const source = templateSource(name);
  (source === undefined ? test.skip : test)(`${name} takes the date that it is told for today`, async t => {
    for (const rendering of ['conversation', 'continuation'] as const) {
      const text = await textOf(source!, {rendering});
      t.true(text.includes(usual), text);
      t.is(text, await textOf(source!, {rendering, date: '2024-07-26'}));
      t.is(await textOf(source!, {rendering, date: '2031-02-03'}), text.replace(usual, other));
      t.is(await textOf(source!, {rendering, date: '2031-02-03'}, true), text.replace(usual, other));
    }
  });
}
