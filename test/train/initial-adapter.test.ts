import path from 'node:path';
import test from 'ava';
import {
  bundledPair,
  InvalidInputError,
  ModelError,
  type TrainEvent,
  type TrainOptions,
  type TrainResult,
  trainPair,
} from '../../lib/index.js';
import {readGguf} from '../helpers/gguf-file.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';
import {labelledProblems} from './labelled-problems.js';

const directory = temporaryDirectory();
const {reference: base} = bundledPair();
const at = (name: string) => path.join(directory, name);
const recipe: Omit<TrainOptions, 'output'> = {
  ...{base, data: labelledProblems(), beta: 1, rank: 4, learningRate: 5e-4, epochs: 3, batchSize: 100},
  ...{validation: 0, decay: 'constant', warmup: 0, threads: 1, gpu: false, maxLength: 256},
};

async function train(options: Partial<TrainOptions> & {output: string}) {
  const events: TrainEvent[] = [];
  for await (const event of trainPair({...recipe, ...options})) {
    events.push(event);
  }

  const last = events.at(-1);
  return (last?.type === 'result' ? last.result : undefined) as TrainResult;
}

let first: TrainResult;
test.before(async () => {
  first = await train({output: at('first.gguf')});
});

test('a training goes on from an adapter, against the base alone', async t => {
  const [before] = first.history.steps;
  t.true(before!.meanAbsoluteReward < 1e-3, 'a new adapter changes nothing at first');
  const further = await train({
    output: at('further.gguf'),
    initialAdapter: at('first.gguf'),
    objective: 'dpo',
  });
  const [step] = further.history.steps;
  t.true(step!.meanAbsoluteReward > 0.05, `rewards are ${step!.meanAbsoluteReward} where the first ended`);
  t.true(step!.loss < Math.LN2 - 0.01);
  t.true(further.history.steps.at(-1)!.loss < step!.loss);
  const training = readGguf(at('further.gguf')).metadata.get('implicit_prm.training');
  t.regex(String(training?.value), /"initial-adapter":"\S+/u);
  t.notRegex(
    String(readGguf(at('first.gguf')).metadata.get('implicit_prm.training')?.value),
    /initial-adapter/u,
  );
});

test('one that is interrupted is resumed with the same adapter only', async t => {
  const options = {output: at('resumed.gguf'), initialAdapter: at('first.gguf')};
  for await (const event of trainPair({...recipe, ...options})) {
    if (event.type === 'step') {
      break;
    }
  }

  await t.throwsAsync(train({output: options.output, resume: true}), {
    message: /there was an initial adapter/u,
  });
  const resumed = await train({...options, resume: true});
  const undisturbed = await train({...options, output: at('undisturbed.gguf')});
  const losses = ({history}: TrainResult) => history.steps.map(({loss}) => loss);
  t.is(losses(resumed).length, 3);
  for (const [index, loss] of losses(resumed).entries()) {
    t.true(Math.abs(loss - losses(undisturbed)[index]!) < 1e-4);
  }
});

test('what cannot be gone on from is told', async t => {
  const output = at('none.gguf');
  const missing = train({output, initialAdapter: at('missing.gguf')});
  await t.throwsAsync(missing, {instanceOf: ModelError, message: /missing\.gguf.*no such file/u});
  const other = train({output, initialAdapter: at('first.gguf'), rank: 8});
  await t.throwsAsync(other, {
    instanceOf: ModelError,
    message: /first\.gguf cannot be gone on from: .*give the rank/u,
  });
  const itself = train({
    output: at('first.gguf'),
    initialAdapter: `${directory}/./first.gguf`,
    overwrite: true,
  });
  await t.throwsAsync(itself, {instanceOf: InvalidInputError, message: /would be replaced/u});
});
