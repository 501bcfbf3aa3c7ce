import {inspect} from 'node:util';
import test from 'ava';
import fc from 'fast-check';
import {showValue} from '../../lib/errors/show-value.js';

const circular: Record<string, unknown> = {};
circular.self = circular;

const shown: ReadonlyArray<readonly [string, unknown, string]> = [
  ['a string in quotes', 'text', "'text'"],
  ['an empty string as quotes', '', "''"],
  ['a string on one line', 'a\nb\tc', "'a\\nb\\tc'"],
  ['NaN', Number.NaN, 'NaN'],
  ['minus zero', -0, '-0'],
  ['a bigint', 1n, '1n'],
  ['undefined', undefined, 'undefined'],
  ['null', null, 'null'],
  ['a symbol', Symbol('s'), 'Symbol(s)'],
  ['a function by its name', showValue, '[Function: showValue]'],
  ['a regular expression', /a+/g, '/a+/g'],
  ['an error without its stack', new TypeError('no\nway'), '[TypeError: no way]'],
  ['an object', {a: 1, b: 'c'}, "{ a: 1, b: 'c' }"],
  ['a circular object', circular, '<ref *1> { self: [Circular *1] }'],
];

for (const [what, value, expected] of shown) {
  test(`shows ${what}`, t => t.is(showValue(value), expected));
}

test('shows the beginning of what is long', t => {
  const text = showValue('x'.repeat(1e6));
  t.is(text, `'${'x'.repeat(78)}…`);
  t.true(showValue(Array.from({length: 1000}, (_, index) => index)).startsWith('[ 0, 1, 2,'));
});

test('does not cut a character in half', t => {
  t.is(showValue(`x${'😀'.repeat(100)}`), `'x${'😀'.repeat(38)}…`);
});

test('does not ask an object how it wants to be shown', t => {
  t.is(showValue({[inspect.custom]: () => 'pages of text', a: 1}).includes('pages'), false);
});

test('survives objects that throw when looked at', t => {
  const {proxy, revoke} = Proxy.revocable({}, {});
  revoke();
  t.is(typeof showValue(proxy), 'string');
  const hostile = Object.assign(new Error('x'), {});
  Object.defineProperty(hostile, 'message', {
    get() {
      throw new Error('thrown by a getter');
    },
  });
  t.is(showValue(hostile), '[object]');
});

test('shows anything at all on one line of at most 80 units', t => {
  fc.assert(
    fc.property(fc.anything({withNullPrototype: true, withTypedArray: true, withMap: true}), value => {
      const line = showValue(value);
      t.true(line.length > 0 && line.length <= 80);
      t.notRegex(line, /[\r\n\u2028\u2029]/);
    }),
  );
});
