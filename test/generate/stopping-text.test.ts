import test from 'ava';
import fc from 'fast-check';
import {StoppingText} from '../../lib/generate/stopping-text.js';

function grow(stops: string[], parts: string[]): {text: string; told: string; stop: string | null} {
  const text = new StoppingText(stops);
  const told = parts.map(part => text.add(part)).join('') + text.end();
  return {text: text.text, told, stop: text.stop};
}

test('a text ends before the first stop text, wherever the parts meet', t => {
  for (const parts of [['a\n\nb'], ['a\n', '\nb'], [...'a\n\nb']]) {
    t.deepEqual(grow(['\n\n'], parts), {text: 'a', told: 'a', stop: '\n\n'});
  }
});

test('of stop texts that begin together the longest counts, else the first', t => {
  t.is(grow(['b', 'bc'], ['abcd']).stop, 'bc');
  t.is(grow(['c', 'bc'], ['abcd']).text, 'a');
});

test('what may begin a stop text is held back until it is known not to', t => {
  const text = new StoppingText(['END']);
  t.is(text.add('the E'), 'the ');
  t.is(text.add('N'), '');
  t.is(text.add('T'), 'ENT');
  t.is(text.add(' EN'), ' ');
  t.is(text.end(), 'EN');
  t.is(text.text, 'the ENT EN');
});

test('nothing is added to a text that has ended', t => {
  const text = new StoppingText(['.']);
  text.add('a.b');
  t.is(text.add('c'), '');
  t.is(text.text, 'a');
});

test('whatever the parts, the text is what comes before the first stop text, and all of it is told', t => {
  const letters = fc.string({unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6});
  fc.assert(
    fc.property(
      fc.array(letters, {maxLength: 8}),
      fc.array(letters.filter(Boolean), {maxLength: 1}),
      (parts, stops) => {
        const whole = parts.join('');
        const index = stops.length === 0 ? -1 : whole.indexOf(stops[0]!);
        const {text, told} = grow(stops, parts);
        t.is(text, index === -1 ? whole : whole.slice(0, index));
        t.is(told, text);
      },
    ),
  );
});
