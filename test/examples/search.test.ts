import test from 'ava';
import {bundledPair, extractAnswer, scoreSteps} from '../../lib/index.js';
import {ended} from '../cli/cli-process.js';
import {withPair} from '../helpers/pairs.js';
import {startExample} from './example-process.js';

const prompt = 'Compute 2 * 3 + 4';

test('the example of searches solves a problem with each method, and shows the steps of the best', async t => {
  const {code, stdout, stderr} = await ended(startExample('search', [prompt, '2']));
  t.deepEqual({code, stderr}, {code: 0, stderr: ''});
  const searches = stdout.trimEnd().split('\n\n');
  t.deepEqual(
    searches.map(text => text.split(':')[0]),
    ['bestOfN', 'beam', 'dvts', 'mcts'],
  );
  await withPair(bundledPair(), async pair => {
    for (const text of searches) {
      const [first, ...rows] = text.split('\n');
      const [, candidates, tokens] = /^(\d+) different candidates, (\d+) tokens generated$/u.exec(
        rows.pop()!,
      )!;
      t.true(Number(candidates) >= 1 && Number(tokens) > 0, text);
      const steps = rows.map(row => /^ *(-?\d+\.\d\d) {2}(\S.*)$/u.exec(row)!.slice(1));
      const response = steps.map(([, step]) => step).join('\n\n');
      t.is(first!.split(': ')[1]!, String(extractAnswer(response)));
      const scored = await scoreSteps(pair, {prompt, response});
      for (const [index, [reward]] of steps.entries()) {
        t.true(Math.abs(Number(reward) - scored.steps[index]!.reward) < 0.05, text);
      }
    }
  });
});
