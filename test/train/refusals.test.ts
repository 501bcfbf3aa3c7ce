import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {bundledPair, ModelError, openPair, trainPair} from '../../lib/index.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';
import {type UntrainableArchitecture, untrainableModel} from '../helpers/untrainable-models.js';

const directory = temporaryDirectory();
const data = Array.from({length: 4}, (_, index) => ({
  prompt: `Compute ${index} + 1`,
  responses: [
    {text: `${index + 1}`, correct: true},
    {text: `${index + 2}`, correct: false},
  ],
}));

const refused: Record<UntrainableArchitecture, RegExp> = {
  llama: /it is a mixture of experts \(operation MUL_MAT_ID\)/u,
  'gpt-oss': /its attention has sinks/u,
  mpt: /its attention has linear biases \(ALiBi\)/u,
  bloom: /its attention has linear biases \(ALiBi\)/u,
  mamba: /it is recurrent or hybrid/u,
  rwkv7: /it is recurrent or hybrid/u,
};

for (const [architecture, reason] of Object.entries(refused) as [UntrainableArchitecture, RegExp][]) {
  test(`trainPair refuses what it cannot train of ${architecture}, by name`, async t => {
    const base = untrainableModel(directory, architecture);
    // It is a model that llama.cpp evaluates: training is what cannot be done.
    const pair = await openPair({policy: base, gpu: false, threads: 1, contextSize: 64});
    const {policy} = await pair.engine.logprobs([{tokens: Int32Array.of(65, 66, 67), from: 1}]);
    await pair.close();
    t.true(policy[0]!.every(Number.isFinite));

    const output = path.join(directory, `${architecture}-adapter.gguf`);
    const training = trainPair({base, data, output, threads: 1, gpu: false, validation: 0});
    const events: string[] = [];
    const error = await t.throwsAsync(
      async () => {
        for await (const {type} of training) {
          events.push(type);
        }
      },
      {instanceOf: ModelError, code: 'TRAINING_UNSUPPORTED', message: reason},
    );
    t.regex(error.message, new RegExp(`\\b${architecture}\\b`, 'u'));
    t.deepEqual(events, ['data'], 'nothing was trained');
    t.deepEqual([output, `${output}.run`].filter(existsSync), [], 'nothing is left behind');
  });
}

test('a training that is refused leaves the one that it was to replace as it was', async t => {
  const output = path.join(directory, 'kept.gguf');
  const options = {
    base: bundledPair().reference,
    data,
    output,
    threads: 1,
    gpu: false,
    validation: 0,
  } as const;
  for await (const _ of trainPair({...options, epochs: 1})) {
    // To its end.
  }

  const record = readFileSync(`${output}.run/run.json`, 'utf8');
  const refused = trainPair({...options, overwrite: true, memoryLimit: 1_000_000});
  await t.throwsAsync(
    refused.next().then(async () => refused.next()),
    {code: 'OUT_OF_MEMORY'},
  );
  t.is(readFileSync(`${output}.run/run.json`, 'utf8'), record);
});

test('an output in a folder that is not there is refused and names it', async t => {
  const output = path.join(directory, 'typo', 'adapter.gguf');
  const training = trainPair({base: bundledPair().reference, data, output, threads: 1, gpu: false});
  await t.throwsAsync(training.next(), {message: /cannot write .*typo.*adapter\.gguf\.run: no such file/u});
  t.false(existsSync(path.dirname(output)));
});
