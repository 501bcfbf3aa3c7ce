import test from 'ava';
import {InvalidInputError, scoreSteps, showText} from '../../lib/index.js';
import {formatShownText} from '../../lib/paint/format-shown-text.js';
import {withPair} from '../helpers/pairs.js';

const prompt = 'Compute 2 + 3';

test('what is shown is what is scored', async t => {
  await withPair({}, async pair => {
    const responses = ['Answer: 5', 'So: <|im_end|>\n\né 5'];
    const shown = await showText(pair, {prompt, responses});
    const scored = await scoreSteps(pair, {prompt, responses});
    for (const [index, one] of shown.entries()) {
      const {tokens, rendering, unscored} = scored[index]!;
      t.deepEqual(
        one.response.map(({id}) => id),
        [...tokens.ids],
      );
      t.deepEqual([one.rendering, one.unscored], [rendering, unscored]);
      t.is(
        one.prompt.map(({text}) => text).join(''),
        `<|im_start|>user\n${prompt}<|im_end|>\n<|im_start|>assistant\n`,
      );
      const special = one.response.filter(({isSpecial}) => isSpecial);
      t.deepEqual(
        special.map(({text}) => text),
        ['<|im_end|>'],
      );
    }

    t.is(shown[0]!.response.map(({text}) => text).join(''), 'Answer: 5<|im_end|>');
    const [raw] = await showText(pair, {prompt: {raw: [104, 105]}, steps: ['a', 'b'], complete: false});
    t.is(raw!.prompt.map(({text}) => text).join(''), 'hi');
    t.is(raw!.response.map(({text}) => text).join(''), 'a\n\nb');
  });
});

test('what cannot be scored is not shown', async t => {
  await withPair({}, async pair => {
    await t.throwsAsync(showText(pair, {prompt, response: ' '}), {instanceOf: InvalidInputError});
  });
});

test('tokens are laid out with bars between them', t => {
  const token = (text: string, isSpecial = false) => ({id: 1, text, isSpecial});
  const text = formatShownText({
    rendering: 'continuation',
    prompt: [token('<s>', true), token('Q'), token(' a\n'), token('\n'), token('b\u001B')],
    response: [token('x'), token('</s>', true)],
    unscored: [{start: 0, end: 8}],
  });
  t.deepEqual(text.split('\n'), [
    '── before the response (continuation): 5 tokens, seen',
    '⟦<s>⟧│Q│ a↵│',
    '↵│',
    `b${text.split('\n')[3]!.slice(1)}`,
    '── the response: 2 tokens, scored',
    'x│⟦</s>⟧',
    '── not scored: characters 0–8 of the response',
  ]);
  t.false(text.includes('\u001B'));
});
