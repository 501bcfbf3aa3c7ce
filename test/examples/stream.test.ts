import test from 'ava';
import {bundledPair, scoreSteps} from '../../lib/index.js';
import {ended} from '../cli/cli-process.js';
import {withPair} from '../helpers/pairs.js';
import {startExample} from './example-process.js';

const prompt = 'Compute 9 + 3 + 10 + (5 - 4)';

test('the example of a stream scores steps as they come, and stops at one that looks wrong', async t => {
  const {code, stdout, stderr} = await ended(startExample('stream', [prompt]));
  t.deepEqual({code, stderr}, {code: 0, stderr: ''});
  const rows = stdout.trim().split('\n');
  const last = rows.pop()!;
  const steps = rows.map(row => /^ *(-?\d+\.\d\d) (\d\.\d{3}) {2}(\S.*)$/u.exec(row)!.slice(1));
  const response = steps.map(([, , text]) => text).join('\n\n');
  const wanted = await withPair(bundledPair(), async pair =>
    scoreSteps(pair, {prompt, response, complete: false}),
  );
  for (const [index, [reward, probability]] of steps.entries()) {
    t.true(Math.abs(Number(reward) - wanted.steps[index]!.reward) < 0.05, reward);
    t.true(Math.abs(Number(probability) - wanted.steps[index]!.probability) < 0.02, probability);
  }

  // What is sampled may differ from CPU to CPU.
  const wrong = steps.some(([, probability]) => Number(probability) < 0.28);
  t.regex(last, wrong ? /^stopped: / : /^lowest reward -?[\d.]+, outcome reward -?[\d.]+$/u);
});
