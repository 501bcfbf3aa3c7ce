import {cpSync, existsSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {ImplicitPrmError, InvalidInputError} from '../../lib/index.js';
import {objectiveNames} from '../../lib/train/objectives/find-objective.js';
import type {TrainEvent, TrainResult} from '../../lib/train/train-events.js';
import type {CheckedTrainOptions, TrainOptions} from '../../lib/train/train-options.js';
import {bigramOptions, bigramPlace, bigramRecords, bigramSolutions, bigramTraining} from './bigram-data.js';
import type {BigramTrainer} from './bigram-trainer.js';

const records = bigramRecords(60);

interface Run {
  events: TrainEvent[];
  result: TrainResult;
  trainer: BigramTrainer;
  weights: number[];
  metadata: Record<string, string | number>;
}

/** Trains to the end. */
async function run(
  options: CheckedTrainOptions,
  data: Iterable<unknown> = records,
  steps?: Iterable<unknown>,
): Promise<Run> {
  let trainer: BigramTrainer | undefined;
  const training = bigramTraining(options, data, {
    ...(steps && {steps}),
    onOpen: opened => {
      trainer = opened;
    },
  });
  const events: TrainEvent[] = [];
  for (;;) {
    const next = await training.next();
    if (next.done) {
      const adapter = JSON.parse(readFileSync(options.output, 'utf8'));
      return {events, result: next.value, trainer: trainer!, ...adapter};
    }

    events.push(next.value);
  }
}

const fresh = (options: Partial<TrainOptions> = {}) => bigramOptions({...bigramPlace(), ...options});
const ofType = <T extends TrainEvent['type']>(events: readonly TrainEvent[], type: T) =>
  events.filter((event): event is Extract<TrainEvent, {type: T}> => event.type === type);
const furthest = (a: readonly number[], b: readonly number[]) =>
  a.reduce((most, one, index) => Math.max(most, Math.abs(one - b[index]!)), 0);

for (const objective of ['ce', 'dpo', 'nca', 'kto'] as const) {
  test(`${objective} learns from outcomes which step is wrong, and is measured beside its control`, async t => {
    const {events, result, trainer} = await run(
      fresh({objective, epochs: 4}),
      records,
      bigramSolutions(20, 99),
    );
    const losses = ofType(events, 'step').map(({loss}) => loss);
    t.true(losses.at(-1)! < 0.8 * losses[0]!, `${losses[0]} to ${losses.at(-1)}`);
    const {comparisons, beatsControl, solutions} = result.evaluation!;
    const figure = (measure: string) => comparisons.find(one => one.measure === measure)!;
    t.true(figure('outcomeAucSum').reward.value > 0.97);
    t.true(Math.abs(figure('outcomeAucSum').control.value - 0.5) < 0.3);
    t.true(figure('stepAuc').reward.value > 0.98);
    t.true(figure('firstErrorLowest').reward.value > 0.9);
    t.true(figure('processBenchF1').reward.value > 0.85);
    t.true(beatsControl.yes.includes('stepAuc'));
    t.is(solutions, 80);
    t.true(trainer.isClosed);
  });
}

test('sft makes right responses likely, and is no pair', async t => {
  const {events, result, metadata} = await run(fresh({objective: 'sft'}));
  const validations = ofType(events, 'validation').map(({loss}) => loss);
  t.true(validations.at(-1)! < validations[0]!);
  t.is(result.evaluation, null);
  t.false('implicit_prm.beta' in metadata);
  t.is(result.data.unused.wrong! + result.data.responses + result.data.heldOutResponses, 240);
});

test('events tell the data, the model, the reference, steps with looks and checkpoints among them, and the result', async t => {
  const {events, result} = await run(fresh({epochs: 2}));
  t.deepEqual(
    [...new Set(events.map(({type}) => type))],
    ['data', 'model', 'reference', 'validation', 'step', 'checkpoint', 'evaluation', 'result'],
  );
  const steps = ofType(events, 'step');
  t.deepEqual(
    steps.map(({step}) => step),
    Array.from({length: result.steps}, (_, index) => index + 1),
  );
  t.true(Math.abs(steps[0]!.loss - Math.LN2) < 1e-12);
  t.is(steps[0]!.accuracy, 0.5);
  t.true(steps.at(-1)!.accuracy! > 0.9);
  t.true(steps.at(-1)!.meanRewardRight! > 0 && steps.at(-1)!.meanRewardWrong! < 0);
  t.true(steps.every(({learningRate, gradientNorm}) => learningRate > 0 && gradientNorm > 0));
  t.is(ofType(events, 'validation').length, 9);
  t.true(Math.abs(ofType(events, 'validation')[0]!.loss - Math.LN2) < 1e-12);
});

test('the adapter says what it is of and how it was made', async t => {
  const {metadata, result} = await run(fresh({seed: 3}));
  t.is(metadata['implicit_prm.beta'], 1);
  t.is(metadata['implicit_prm.objective'], 'ce');
  t.is(metadata['implicit_prm.base.name'], 'bigrams');
  t.regex(String(metadata['implicit_prm.base.fingerprint']), /^7-[0-9a-f]{32}$/u);
  const training = JSON.parse(String(metadata['implicit_prm.training']));
  t.is(training['learning-rate'], 0.05);
  t.is(training.seed, 3);
  t.is(training.step, result.bestStep);
});

for (const objective of objectiveNames) {
  test(`${objective} comes to the same adapter however small its micro-batches are`, async t => {
    const whole = await run(fresh({objective, epochs: 1}));
    const cut = await run(fresh({objective, epochs: 1, microBatchTokens: 120}));
    t.true(cut.trainer.calls.largest < whole.trainer.calls.largest / 2);
    t.true(furthest(whole.weights, cut.weights) < 1e-6);
  });
}

test('the same seed gives the same adapter, another one another', async t => {
  const [one, same, other] = [await run(fresh()), await run(fresh()), await run(fresh({seed: 1}))];
  t.deepEqual(one.weights, same.weights);
  t.true(furthest(one.weights, other.weights) > 1e-3);
});

test('a training that is killed at any moment goes on to the same adapter', async t => {
  const undisturbed = await run(fresh());
  const options = fresh();
  const copies: string[] = [];
  const training = bigramTraining(options, records);
  for await (const _ of training) {
    // What a killed process leaves: the folder as it is, its lock included.
    copies.push(`${options.output}.${copies.length}`);
    cpSync(`${options.output}.run`, `${copies.at(-1)}.run`, {recursive: true});
  }

  const some = copies.filter((_, index) => index % 13 === 0 || index > copies.length - 4);
  t.true(some.length > 6);
  for (const output of some) {
    rmSync(path.join(`${output}.run`, 'lock'), {force: true});
    const resumed = await run(bigramOptions({base: options.base, output, resume: true}));
    t.true(furthest(resumed.weights, undisturbed.weights) < 1e-9);
    t.is(resumed.result.bestStep, undisturbed.result.bestStep);
    t.deepEqual(resumed.result.evaluation, undisturbed.result.evaluation);
  }
});

test('an abort keeps every step that was made', async t => {
  const undisturbed = await run(fresh());
  const control = new AbortController();
  const options = fresh({signal: control.signal});
  const reason = new Error('enough');
  const stopped = await t.throwsAsync(
    async () => {
      for await (const event of bigramTraining(options, records)) {
        if (event.type === 'step' && event.step === 8) {
          control.abort(reason);
        }
      }
    },
    {is: reason},
  );
  t.is(stopped, reason);
  t.false(existsSync(options.output));
  const resumed = await run({...options, signal: undefined, resume: true});
  t.is(ofType(resumed.events, 'model')[0]!.resumedFrom, 8);
  t.is(ofType(resumed.events, 'step')[0]!.step, 9);
  t.true(furthest(resumed.weights, undisturbed.weights) < 1e-9);
});

test('whoever asks for no more events loses no step, and the trainer is closed', async t => {
  const options = fresh();
  let trainer: BigramTrainer | undefined;
  const training = bigramTraining(options, records, {
    onOpen: opened => {
      trainer = opened;
    },
  });
  for await (const event of training) {
    if (event.type === 'step' && event.step === 7) {
      break;
    }
  }

  t.true(trainer!.isClosed);
  const resumed = await run({...options, resume: true});
  t.is(ofType(resumed.events, 'model')[0]!.resumedFrom, 7);
});

test('a training goes on only with the base, the data and the options that it was begun with', async t => {
  const options = fresh();
  await run(options);
  const again = (changes: Partial<CheckedTrainOptions>, data: Iterable<unknown> = records) =>
    run({...options, resume: true, ...changes}, data);
  await t.throwsAsync(again({learningRate: 0.01, rank: 4}), {
    message: `cannot go on with ${options.output}.run: --rank was 16 and is 4, --learning-rate was 0.05 and is 0.01`,
  });
  await t.throwsAsync(again({}, records.slice(1)), {message: /: the data is another one$/u});
  await t.throwsAsync(again({base: bigramPlace().output.replace(/adapter/u, 'missing')}), {
    message: /ENOENT/u,
  });
  const flipped = records.map(({prompt, responses}, index) => ({
    prompt,
    responses: responses.map(one => ({...one, correct: index === 0 ? !one.correct : one.correct})),
  }));
  await t.throwsAsync(again({}, flipped), {message: /: the data is another one$/u});
  await t.notThrowsAsync(again({microBatchTokens: 500, saveEvery: 1}));
});

test('what is there is replaced only if that is wanted', async t => {
  const options = fresh({epochs: 1});
  await run(options);
  await t.throwsAsync(run(options), {
    message: /there is a training in it; resume goes on with it, overwrite/u,
  });
  rmSync(`${options.output}.run`, {recursive: true});
  await t.throwsAsync(run(options), {message: /adapter\.gguf: it is there already; overwrite replaces it/u});
  await t.notThrowsAsync(run({...options, overwrite: true}));
});

test('a training that another process works on is left alone', async t => {
  const options = fresh();
  const training = bigramTraining(options, records);
  await training.next();
  await t.throwsAsync(run({...options, resume: true}), {message: /another process trains there/u});
  await training.return({} as TrainResult);
  await t.notThrowsAsync(run({...options, resume: true}));
});

test('a finished training keeps one state, and none that is half-written', async t => {
  const options = fresh();
  const {result} = await run(options);
  t.deepEqual(readdirSync(`${options.output}.run`).sort(), [
    `best-${result.bestStep}.bin`,
    'reference.json',
    'run.json',
  ]);
});

test('numbers that leave all bounds end the training, and the last checkpoint stays', async t => {
  const options = fresh({saveEvery: 1});
  const training = bigramTraining(options, records, {
    onOpen: trainer => {
      const {forward} = trainer;
      trainer.forward = async (sequences, how) => {
        const logprobs = await forward.call(trainer, sequences, how);
        return trainer.calls.step < 4 ? logprobs : logprobs.map(one => one.fill(Number.NaN));
      };
    },
  });
  const error = await t.throwsAsync(
    async () => {
      for await (const _ of training);
    },
    {instanceOf: ImplicitPrmError, message: /step 5 is NaN: .* Lower the learning rate/u},
  );
  t.is((error as ImplicitPrmError).code, 'TRAINING_FAILED');
  const resumed = await run({...options, resume: true});
  t.is(ofType(resumed.events, 'model')[0]!.resumedFrom, 4);
});

test('training ends when the held-out loss falls no more, and the best adapter is kept', async t => {
  // A learning rate that is far too high overshoots.
  const {events, result} = await run(
    fresh({epochs: 30, learningRate: 3, decay: 'constant', earlyStopping: 3, validationsPerEpoch: 2}),
    bigramRecords(40, {seed: 5}).map(({prompt, responses}, index) => ({
      prompt,
      // Labels that nothing says anything about.
      responses: responses.map((one, place) => ({...one, correct: (index * 7 + place * 3) % 5 < 2})),
    })),
  );
  const validations = ofType(events, 'validation').slice(1);
  const losses = validations.map(({loss}) => loss);
  t.true(result.stoppedEarly);
  t.is(validations.at(-1)!.step, result.steps);
  t.is(validations[losses.indexOf(Math.min(...losses))]!.step, result.bestStep);
  t.is(losses.length - 1 - losses.indexOf(Math.min(...losses)), 3);
});

test('a pair that does not beat its control is said not to', async t => {
  const {result} = await run(
    fresh({epochs: 1, learningRate: 1e-6}),
    bigramRecords(40).map(({prompt, responses}, index) => ({
      prompt,
      responses: responses.map((one, place) => ({...one, correct: (index * 7 + place * 3) % 5 < 2})),
    })),
  );
  t.deepEqual(result.evaluation!.beatsControl.yes, []);
  t.true(result.evaluation!.beatsControl.no.includes('outcomeAucMin'));
});

test('nothing to learn from is said before anything is begun', async t => {
  const oneSided = bigramRecords(10, {wrongShare: 0});
  await t.throwsAsync(run(fresh(), []), {instanceOf: InvalidInputError, message: /the data have no record/u});
  await t.throwsAsync(run(fresh(), oneSided), {
    instanceOf: InvalidInputError,
    message: /all \d+ responses are right/u,
  });
  await t.throwsAsync(run(fresh({objective: 'dpo'}), oneSided), {
    message: /unpaired: \d+\); dpo needs a right and a/u,
  });
});
