import test from 'ava';
import {temporaryDirectory} from '../helpers/temporary-directory.js';
import {makeBaseModels} from './base-models.js';
import {fuzzModels} from './fuzz-models.js';

const files = 150;

test('no mutated model ends the process, takes long or throws what has no code', async t => {
  const directory = temporaryDirectory();
  const {outcomes, findings} = await fuzzModels({
    directory,
    bases: makeBaseModels(directory),
    from: 0,
    to: files,
  });
  t.deepEqual(findings, []);
  const counts = Object.fromEntries(outcomes);
  t.log(counts);
  t.is(
    Object.values(counts).reduce((sum, count) => sum + count, 0),
    files,
  );
  // A check that refused everything, or nothing, would tell little.
  t.true(counts.scored! > files / 10);
  t.true(counts['MODEL_INVALID by the check']! > files / 50);
});
