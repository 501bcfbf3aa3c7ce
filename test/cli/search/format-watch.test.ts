import {stripVTControlCharacters} from 'node:util';
import test from 'ava';
import {Chalk} from 'chalk';
import stringWidth from 'string-width';
import {formatWatch, type WatchLayout} from '../../../lib/cli/search/format-watch.js';
import {type SearchEvent, searchEvents} from '../../../lib/index.js';
import {FakeGenerator, FakeSession} from '../../search/fakes.js';

const plain = {chalk: new Chalk({level: 0}), width: 72, height: 20, nat: 1};
const coloured = {...plain, chalk: new Chalk({level: 3})};

type Node = Extract<SearchEvent, {type: 'expanded'}>['nodes'][number];

function expanded(parent: number, generated: number, nodes: Partial<Node>[]): SearchEvent {
  const usual = {text: '', reward: 0, q: 0, score: 0, count: 1, state: 'open', visits: 0} as const;
  return {
    type: 'expanded',
    parent,
    nodes: nodes.map(node => ({id: 0, ...usual, ...node})),
    usage: {generated, evaluated: 0, scored: 0},
  };
}

const first = expanded(0, 40, [
  {id: 1, text: '2 * 3 = 6', reward: 0.45, score: 0.45, count: 3},
  {id: 2, text: '2 * 3 = 5', reward: -3.1, score: -3.1},
]);
const events: SearchEvent[] = [
  first,
  {type: 'pruned', nodes: [2]},
  expanded(1, 1234, [
    {id: 3, text: '6 + 4 = 11', reward: -0.2, score: -0.2},
    {id: 4, text: 'Answer: 10', reward: 0.3, score: 0.3, count: 2, state: 'finished'},
    {id: 5, text: 'and so on and on', reward: 0, score: 0, state: 'cut'},
  ]),
];

test('each response is a row, the best first, finished ones marked, dropped ones last', t => {
  t.deepEqual(formatWatch('Compute 2 * 3 + 4', events, plain), [
    'Compute 2 * 3 + 4',
    '1,234 tokens generated; · 1 under way, ∎ 1 finished, ✗ 2 dropped',
    'score        n  rewards of its steps, the last step',
    '∎   +0.30    2×   +0.45   +0.30  Answer: 10',
    '·   -0.20    1×   +0.45   -0.20  6 + 4 = 11',
    '✗    0.00    1×   +0.45    0.00  and so on and on',
    '✗   -3.10    1×   -3.10          2 * 3 = 5',
  ]);
});

test('before anything is written the problem is there, of a conversation the last message', t => {
  const prompt = [
    {role: 'system', content: 'Be brief.'},
    {role: 'user', content: 'Compute 2 * 3 + 4'},
  ];
  const [problem, summary, , ...rows] = formatWatch(prompt, [], plain);
  t.is(problem, 'user: Compute 2 * 3 + 4');
  t.is(summary, '0 tokens generated; · 0 under way, ∎ 0 finished, ✗ 0 dropped');
  t.deepEqual(rows, []);
});

test('a response grows: what was gone on from is a row no more', t => {
  const rows = (some: readonly SearchEvent[]) => formatWatch('', some, plain).slice(3);
  t.deepEqual(rows([first]), ['·   +0.45    3×   +0.45  2 * 3 = 6', '·   -3.10    1×   -3.10  2 * 3 = 5']);
  t.false(rows(events).some(row => row.includes('2 * 3 = 6')));
});

test('what was looked ahead of a step is dropped with it', t => {
  const ahead = expanded(2, 50, [{id: 6, text: '5 + 4 = 9', reward: 1, score: -3.1}]);
  const [row] = formatWatch('', [first, ahead, {type: 'pruned', nodes: [2]}], plain).slice(-1);
  t.is(row, '✗   -3.10    1×   -3.10   +1.00  5 + 4 = 9');
});

test('rewards are coloured, those of what was dropped are dim instead', t => {
  const rows = formatWatch('Compute 2 * 3 + 4', events, coloured);
  t.deepEqual(rows.map(stripVTControlCharacters), formatWatch('Compute 2 * 3 + 4', events, plain));
  const {chalk} = coloured;
  t.true(rows[3]!.includes(chalk.hex('#5f7ca8')('   +0.45')));
  t.is(rows[6], chalk.dim('✗   -3.10    1×   -3.10          2 * 3 = 5'));
});

test('there are never more rows than the terminal has: the worst are left out and counted', t => {
  const rows = (height: number) => formatWatch('Compute', events, {...plain, height});
  t.is(rows(7).length, 7);
  t.true(rows(7).at(-1)!.endsWith('2 * 3 = 5'));
  t.deepEqual(rows(6).slice(3), [...rows(7).slice(3, 5), 'and 2 more']);
  for (const height of [1, 2, 3, 4]) {
    t.is(rows(height).length, height);
  }
});

test('no row is wider than the terminal, whatever was written, and nothing in it moves the cursor', async t => {
  const grammar = (steps: readonly string[]) => ({
    choices: [
      '数学题的下一步 +0.2',
      '\u001b[2J\tgone\r\n -0.5',
      `${'long '.repeat(40)}+1`,
      '👩‍👩‍👧'.repeat(30),
    ],
    ends: steps.length === 9,
  });
  const pair = {session: () => new FakeSession()};
  const seen: SearchEvent[] = [];
  for await (const event of searchEvents(pair, new FakeGenerator(grammar), 'p', {method: 'beam', n: 8})) {
    seen.push(event);
    for (const width of [5, 20, 40, 79, 200]) {
      const layout: WatchLayout = {...coloured, width, height: 10};
      const rows = formatWatch('数学题'.repeat(80), seen, layout);
      t.true(rows.length <= 10);
      for (const row of rows) {
        const text = stripVTControlCharacters(row);
        t.true(stringWidth(text) <= width, `${width}: ${text}`);
        t.notRegex(text, /\p{Cc}/u);
      }
    }
  }

  t.true(seen.length > 9);
  t.true(formatWatch('p', seen, plain)[3]!.includes('…'));
});
