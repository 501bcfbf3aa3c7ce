import {stripVTControlCharacters} from 'node:util';
import test from 'ava';
import {Chalk} from 'chalk';
import stringWidth from 'string-width';
import {splitSteps} from '../../lib/index.js';
import {formatLegend} from '../../lib/paint/format-legend.js';
import {formatPrompt} from '../../lib/paint/format-prompt.js';
import {formatResponse, type ResponseView} from '../../lib/paint/format-response.js';
import {fullBar, natReward} from '../../lib/paint/reward-scale.js';
import {sigmoid} from '../../lib/reward/sigmoid.js';

const plain = new Chalk({level: 0});
const truecolor = new Chalk({level: 3});
const layout = {chalk: plain, width: 80, threshold: 0.5, nat: 1, full: 4};

/** A response of which each token is given with its reward; an end-of-turn token has no text. */
function view(tokens: readonly (readonly [text: string, reward: number])[]): ResponseView {
  const response = tokens.map(([text]) => text).join('');
  const starts = tokens.map((_, index) =>
    tokens.slice(0, index).reduce((sum, [text]) => sum + text.length, 0),
  );
  const rewards = tokens.map(([, reward]) => reward);
  const spans = splitSteps(response);
  let q = 0;
  const steps = spans.map((span, index) => {
    const next = spans[index + 1]?.start ?? Number.POSITIVE_INFINITY;
    const own = rewards.filter(
      (_, token) => starts[token]! < next && (index === 0 || starts[token]! >= span.start),
    );
    const reward = own.reduce((sum, value) => sum + value, 0);
    q += reward;
    return {...span, reward, q, probability: sigmoid(q)};
  });
  return {response, steps, score: Math.min(...steps.map(({reward}) => reward)), tokens: {starts, rewards}};
}

const sum = view([
  ['2', 0],
  [' +', 0.05],
  [' 3', 0.7],
  ['\n\n', -0.2],
  ['so', 0],
  [' 6', -3.1],
  ['', 0.1],
]);
const chinese = view([
  ['我们先把十二和五相加，得到十七，再检查一遍', 0],
  ['\n    ', 0],
  ['x\u0301x\u0301x\u0301 ', 0],
  ['👩‍👩‍👧🇩🇪 is one family and a flag', -1],
]);

test('at 80 columns the texts stand beside the numbers', t => {
  t.is(
    formatResponse(sum, layout),
    [
      '                  reward       Q     p',
      '   1      │▌       +0.55   +0.55 0.634  2 + 3',
      '>  2  ████│        -3.00   -2.45 0.079  so 6',
      '     Score -3.00; p falls under 0.5 at step 2.',
      '',
    ].join('\n'),
  );
});

test('at 40 columns they stand under them', t => {
  t.is(
    formatResponse(sum, {...layout, width: 40}),
    [
      '                  reward       Q     p',
      '   1      │▌       +0.55   +0.55 0.634',
      '     2 + 3',
      '>  2  ████│        -3.00   -2.45 0.079',
      '     so 6',
      '     Score -3.00; p falls under 0.5 at',
      '     step 2.',
      '',
    ].join('\n'),
  );
});

test('wide characters, combining marks and emoji wrap by what they take', t => {
  t.deepEqual(formatResponse(chinese, {...layout, width: 40}).split('\n'), [
    '                  reward       Q     p',
    '>  1    ▐█│        -1.00   -1.00 0.269',
    '     我们先把十二和五相加，得到十七，再',
    '     检查一遍',
    '         x\u0301x\u0301x\u0301 👩‍👩‍👧🇩🇪 is one family and a',
    '         flag',
    '     Score -1.00; p falls under 0.5 at',
    '     step 1.',
    '',
  ]);
});

test('no row is wider than the terminal, with colours or without', t => {
  for (const chalk of [plain, truecolor]) {
    for (const width of [26, 40, 79, 80, 200]) {
      for (const shown of [sum, chinese]) {
        const rows = formatResponse(shown, {...layout, chalk, width}).split('\n');
        t.true(Math.max(...rows.map(row => stringWidth(row))) <= width, String(width));
      }
    }
  }
});

test('a narrow terminal goes without bars, an endless one never wraps', t => {
  const narrow = formatResponse(sum, {...layout, width: 26}).split('\n');
  t.is(narrow[1], '   1   +0.55   +0.55 0.634');
  const endless = formatResponse(chinese, {...layout, width: Number.POSITIVE_INFINITY}).split('\n');
  t.is(endless.length, 5);
});

test('with colours every token has that of its reward, line feeds and the end of the turn are signs', t => {
  const {dim, bold} = truecolor;
  const hex = (colour: string) => truecolor.hex(colour);
  t.is(
    formatResponse(sum, {...layout, chalk: truecolor}),
    [
      dim('                  reward       Q     p'),
      `   1      │${hex('#3a78d8')('▌    ')}   +0.55   +0.55 0.634  2 +${hex('#3a78d8')(' 3')}${hex('#93754c')('↵↵')}`,
      `${bold('>  2')} ${hex('#b8660a')(' ████')}│        -3.00   -2.45 0.079  so${hex('#000000').bgHex('#e66101')(' 6')}${hex('#5f7ca8')('∎')}`,
      '     Score -3.00; p falls under 0.5 at step 2.',
      '',
    ].join('\n'),
  );
});

test('colours go on where a step wraps', t => {
  const rows = formatResponse(view([['one two three four', -3]]), {
    ...layout,
    chalk: truecolor,
    width: 15,
  }).split('\n');
  const orange = truecolor.hex('#000000').bgHex('#e66101');
  t.deepEqual(rows.slice(2, 4), [`     ${orange('one two')}`, `     ${orange('three four')}`]);
});

test('a line feed within a step is a sign and a new row, other separators keep to their row', t => {
  const rows = formatResponse(
    view([
      ['\n\na', 0],
      ['\n', 2],
      ['\tb', 0],
      ['\r\n\r\n', 0],
      ['c', 0],
    ]),
    {
      ...layout,
      chalk: truecolor,
    },
  ).split('\n');
  const blue = truecolor.hex('#000000').bgHex('#2f80ff');
  t.true(rows[1]!.endsWith(`  ${truecolor.dim('↵↵')}a${blue('↵')}`));
  t.is(rows[2], `${' '.repeat(44)}b${truecolor.dim('↵↵')}`);
});

test('a threshold that no step falls under leaves all of them unmarked', t => {
  const text = formatResponse(sum, {...layout, threshold: 0.05});
  t.false(text.includes('>'));
  t.true(text.endsWith('     Score -3.00; p stays at 0.05 or above.\n'));
});

test('nothing in a response or a prompt reaches the terminal as a control character', t => {
  const evil = 'a\u001B[2Jb\rc\u009Bd\u202Ee\u0007\uD800';
  const text = formatPrompt(evil, layout) + formatResponse(view([[evil, 1]]), {...layout, width: 200});
  t.notRegex(text, /[^\n\P{Cc}]|[\u202E\p{Cs}]/u);
  t.is(text.split(String.raw`a\u{1b}[2Jb\rc\u{9b}d\u{202e}e\u{7}\u{d800}`).length, 3);
  const coloured = formatResponse(view([[evil, 1]]), {...layout, chalk: truecolor, width: 200});
  t.notRegex(stripVTControlCharacters(coloured), /[^\n\P{Cc}]|[\u202E\p{Cs}]/u);
});

test('prompts of every kind are shown', t => {
  t.is(formatPrompt('Why?', layout), 'Why?\n');
  t.is(
    formatPrompt(
      [
        {role: 'system', content: 'Be terse.'},
        {role: 'user', content: 'Why?'},
      ],
      layout,
    ),
    'system: Be terse.\nuser: Why?\n',
  );
  t.is(formatPrompt({raw: '<s>Why?'}, layout), '<s>Why?\n');
  t.is(formatPrompt({raw: [1, 2, 3]}, layout), 'A prompt of 3 tokens\n');
});

test('the legend explains marks, and colours where there are any', t => {
  t.is(
    formatLegend('β = 0.05 times the log-ratio of its tokens', {...layout, width: 40}),
    [
      '  reward  what a step adds to Q: β =',
      '          0.05 times the log-ratio of',
      '          its tokens',
      '  Q       the rewards so far',
      '  p       σ(Q), how likely the answer is',
      '          right',
      '  >       the first step with p under',
      '          0.5',
      '',
    ].join('\n'),
  );
  const coloured = formatLegend('…', {...layout, chalk: truecolor, nat: 0.05});
  t.true(coloured.includes(`${truecolor.hex('#93754c')('-0.005')} 0 ${truecolor.hex('#5f7ca8')('+0.005')} `));
  t.true(coloured.includes(truecolor.hex('#000000').bgHex('#e66101')('-0.1')));
  t.true(coloured.endsWith('  ↵ ∎     line feed, end of turn\n'));
});

test('bars are full at the largest reward shown, but at two nats at least', t => {
  const steps = (...rewards: number[]) => ({steps: rewards.map(reward => ({reward}))});
  t.is(fullBar([steps(0.1, -0.3), steps(1)], 1), 2);
  t.is(fullBar([steps(0.1, -7.3), steps(1)], 1), 7.3);
  t.is(natReward(0.05, 'exponential', [10]), 0.05);
  t.is(natReward(0.05, 'length-normalised', [10, 5]), 0.005);
});
