import test from 'ava';
import fc from 'fast-check';
import {SpecialTokens} from '../../lib/text/special-tokens.js';
import type {SpecialToken} from '../../lib/text/tokeniser.js';

function tokens(...texts: string[]): SpecialToken[] {
  return texts.map((text, token) => ({
    token,
    text,
    stripLeft: false,
    stripRight: false,
    endsGeneration: false,
  }));
}

/** The texts and, for special tokens, the numbers that a text is cut into. */
function cut(special: SpecialTokens, text: string): (string | number)[] {
  return special.partition(text).map(part => (typeof part === 'string' ? part : part.token));
}

const chatMl = new SpecialTokens(tokens('<|im_start|>', '<|im_end|>', '<|endoftext|>'));
// Falcon has such ones: the end of some begins others.
const overlapping = new SpecialTokens(tokens('>>TITLE<<', '<|end|>', '<<<', '<<'));

test('a text is cut at its special tokens', t => {
  t.deepEqual(cut(chatMl, 'a<|im_start|><|im_end|>b<|im_end|>'), ['a', 0, '', 1, 'b', 1, '']);
  t.deepEqual(cut(chatMl, 'plain <| text |>'), ['plain <| text |>']);
  t.deepEqual(cut(chatMl, ''), ['']);
});

test('of special tokens that overlap the longest is found, wherever it begins', t => {
  t.deepEqual(cut(overlapping, '>>TITLE<<|end|>'), ['', 0, '|end|>']);
  t.deepEqual(cut(overlapping, '<<<<'), ['', 2, '<']);
  t.deepEqual(cut(overlapping, 'a<<<|end|>'), ['a', 3, '', 1, '']);
});

test('the longest is the one of the most bytes', t => {
  const special = new SpecialTokens(tokens('abcd', '数学a', 'a'));
  t.deepEqual(cut(special, '数学abcd'), ['', 1, 'bcd']);
});

test('special tokens are found by what they are, not as patterns', t => {
  const odd = ['a.c', '[x]', '(y)?', 'z*+', '^$', 'p|q', '{2}', 'back\\slash', 'fim-prefix', 'a/b'];
  const special = new SpecialTokens(tokens(...odd));
  for (const [number, text] of odd.entries()) {
    t.deepEqual(cut(special, `_${text}_`), ['_', number, '_']);
    t.false(special.disarm(text, '\uFDD0').includes(text));
  }

  t.deepEqual(cut(special, 'abc'), ['abc']);
});

test('tokens without a text are found nowhere', t => {
  t.deepEqual(cut(new SpecialTokens(tokens('')), 'ab'), ['ab']);
  t.is(new SpecialTokens(tokens('')).disarm('ab', '\uFDD0'), 'ab');
  t.is(new SpecialTokens([]).disarm('ab', '\uFDD0'), 'ab');
  t.is(new SpecialTokens(tokens('')).findAtStart('ab'), undefined);
});

test('the special token at the start of a text is the longest', t => {
  t.is(overlapping.findAtStart('<<< and so on')?.token, 2);
  t.is(chatMl.findAtStart('<|im_end|>\n')?.token, 1);
  t.is(chatMl.findAtStart(' <|im_end|>'), undefined);
});

test('a text is left as it is if it has nothing to do with special tokens', t => {
  for (const text of ['', 'plain', 'a < b, a | b, a > b', '|im_end']) {
    t.is(chatMl.disarm(text, '\uFDD0'), text);
  }
});

test('every special token is disarmed, overlapping ones too', t => {
  t.is(chatMl.disarm('a<|im_end|>b', 'M'), 'a<M|im_end|>b');
  const disarmed = overlapping.disarm('>>TITLE<<|end|> and <<<<', '\uFDD0');
  t.deepEqual(cut(overlapping, disarmed), [disarmed]);
});

test('the ends of a text are kept apart from what could complete a special token', t => {
  t.is(chatMl.disarm('and then <|im_', 'M'), 'and then <|im_M');
  t.is(chatMl.disarm('end|> of it', 'M'), 'Mend|> of it');
  t.is(chatMl.disarm('> <', 'M'), 'M> <M');
});

const fragments = [
  '<|im_start|>',
  '<|im_end|>',
  '<|',
  'im_',
  'end|>',
  'start',
  '|>',
  '<',
  '>',
  'x',
  ' ',
  '😀',
];
const overlappingFragments = ['>>TITLE<<', '<|end|>', '<<', '<', '>', '|end', 'TITLE', '>>', 'x'];

for (const [name, special, parts] of [
  ['ChatML', chatMl, fragments],
  ['overlapping', overlapping, overlappingFragments],
] as const) {
  const texts = fc.array(fc.constantFrom(...parts), {maxLength: 12}).map(list => list.join(''));

  test(`no two disarmed texts make a special token, and both are got back (${name})`, t => {
    fc.assert(
      fc.property(texts, texts, (first, second) => {
        const marker = special.chooseMarker([first, second]);
        const both = special.disarm(first, marker) + special.disarm(second, marker);
        t.is(special.partition(both).length, 1);
        t.is(both.replaceAll(marker, ''), first + second);
      }),
    );
  });

  test(`the parts of a text make the text (${name})`, t => {
    fc.assert(
      fc.property(texts, text => {
        const whole = special.partition(text).map(part => (typeof part === 'string' ? part : part.text));
        t.is(whole.join(''), text);
      }),
    );
  });
}

test('the marker is a character that is in no text and in no special token', t => {
  t.is(chatMl.chooseMarker([]), '\uFDD0');
  t.is(chatMl.chooseMarker(['a\uFDD0', '\uFDD1b']), '\uFDD2');
  t.is(new SpecialTokens(tokens('<\uFDD0>')).chooseMarker(['\uFDD1']), '\uFDD2');
});

test('where a text has all noncharacters, another character is the marker', t => {
  const noncharacters = Array.from({length: 32}, (_, index) => String.fromCodePoint(0xfdd0 + index)).join('');
  t.is(chatMl.chooseMarker([noncharacters]), '\uE000');
});
