import test from 'ava';
import type {Token} from 'node-llama-cpp';
import {TokenText} from '../../lib/generate/local/token-text.js';

/** A model whose tokens are bytes. */
const bytes = {
  detokenize: (tokens: readonly Token[], _special?: boolean, before: readonly Token[] = []) =>
    Buffer.from([...before, ...tokens])
      .toString()
      .slice(Buffer.from(before).toString().length),
};
const tokensOf = (text: string) => [...Buffer.from(text)] as Token[];

test('a character of several tokens comes with its last', t => {
  const text = new TokenText(bytes, tokensOf('ü'));
  t.deepEqual(
    tokensOf('a😀é').map(token => text.add(token)),
    ['a', '', '', '', '😀', '', 'é'],
  );
  t.is(text.end(), '');
});

test('what is no character becomes U+FFFD, and does not hold the rest back for ever', t => {
  const text = new TokenText(bytes, []);
  const added = Array.from({length: 20}, () => text.add(0x80 as Token)).join('') + text.end();
  t.is(added, '\uFFFD'.repeat(20));
});

test('an unfinished character at the end becomes U+FFFD', t => {
  const text = new TokenText(bytes, []);
  t.is(text.add(0xf0 as Token), '');
  t.is(text.end(), '\uFFFD');
});
