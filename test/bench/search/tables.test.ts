import test from 'ava';
import type {Run} from '../../../bench/search/runs.js';
import {gainTable, searchTable} from '../../../bench/search/tables.js';
import {SearchTally} from '../../../lib/eval/search/tally.js';

/** A run whose first problems have a right answer, and the others none. */
function run(method: Run['method'], n: number, problems: number, right: number): Run {
  const tally = new SearchTally();
  for (let index = 0; index < problems; index++) {
    const judged = {correct: index < right};
    tally.add({
      method,
      n,
      answers: {best: judged, majority: {correct: false}, weighted: judged},
      responses: [{...judged, complete: true}],
      usage: {generated: method === 'bestOfN' ? 100 : 150, evaluated: 0, scored: 0},
      ended: 'done',
    });
  }

  return {method, n, tally};
}

const cells = (table: string) =>
  table
    .split('\n')
    .slice(2)
    .map(line =>
      line
        .split('|')
        .slice(1, -1)
        .map(cell => cell.trim()),
    );

test('a search is compared with the best-of-N of the same n and the same problems, in whichever order they come', t => {
  const runs = [
    run('bestOfN', 4, 10, 2),
    run('beam', 4, 10, 5),
    run('beam', 4, 40, 30),
    run('bestOfN', 4, 40, 20),
    run('bestOfN', 16, 40, 40),
  ];
  const gains = cells(gainTable(runs));
  t.deepEqual(
    gains.map(([name, problems, majority, , best, share]) => [
      name,
      problems,
      majority!.split(' ')[0],
      best!.split(' ')[0],
      share,
    ]),
    [
      ['beam, n = 4', '10', '50.0', '30.0', '1.50'],
      ['beam, n = 4', '40', '75.0', '25.0', '1.50'],
    ],
  );
  t.false(gainTable(runs).includes('NaN'));
  t.deepEqual(
    cells(searchTable(runs)).map(([name, problems]) => `${name}: ${problems}`),
    ['bestOfN, n = 4: 10', 'beam, n = 4: 10', 'beam, n = 4: 40', 'bestOfN, n = 4: 40', 'bestOfN, n = 16: 40'],
  );
});

test('a search with no best-of-N of as many problems beside it has no gain', t => {
  t.deepEqual(cells(gainTable([run('bestOfN', 4, 10, 2), run('dvts', 4, 40, 30)])), []);
});
