import process from 'node:process';
import test from 'ava';
import {type OpenProgress, openPair, PairClosedError, scoreSteps} from '../../lib/index.js';
import {vocabularyFile} from '../helpers/llama-cpp-source.js';
import {arithmeticPair, withPair} from '../helpers/pairs.js';
import {runScript} from '../helpers/run-script.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';
import {randomLlama, truncatedModel} from '../helpers/tiny-models.js';

const directory = temporaryDirectory();

const question = {prompt: 'Compute 2 + 3 * 4', response: 'Answer: 14'};

/** A model that takes a while to open, since its vocabulary is large. */
function slowModel(): string | undefined {
  const vocabFrom = vocabularyFile('llama-bpe');
  return vocabFrom && randomLlama(directory, {vocabFrom, name: 'slow', type: 'F16'});
}

test('a signal that has fired is heeded before anything else', async t => {
  const reason = new Error('too late');
  const signal = AbortSignal.abort(reason);
  t.is(await t.throwsAsync(openPair({...arithmeticPair(), signal})), reason);
  t.is(await t.throwsAsync(openPair({policy: 'missing.gguf', signal})), reason);
  const options = {...arithmeticPair(), signal: AbortSignal.abort()};
  await t.throwsAsync(openPair(options), {any: true, name: 'AbortError'});
});

test('a signal that fires while the files are looked at stops the opening', async t => {
  const controller = new AbortController();
  const opening = openPair({...arithmeticPair(), gpu: false, signal: controller.signal});
  const reason = {why: 'no error at all'};
  controller.abort(reason);
  await opening.then(
    () => t.fail('the pair was opened'),
    error => t.is(error, reason),
  );
});

test('a signal that fires while a model is loaded stops the loading', async t => {
  const policy = slowModel();
  if (policy === undefined) {
    t.log('left out: the llama.cpp in use does not ship the vocabulary');
    t.pass();
    return;
  }

  const controller = new AbortController();
  const reason = new Error('changed my mind');
  // The first line is logged before anything is loaded.
  const onLog = () => controller.abort(reason);
  t.is(await t.throwsAsync(openPair({policy, gpu: false, onLog, signal: controller.signal})), reason);
});

test('a signal that fires once the pair is open has no effect', async t => {
  const controller = new AbortController();
  await withPair({signal: controller.signal}, async pair => {
    controller.abort();
    t.is(typeof (await scoreSteps(pair, question)).reward, 'number');
  });
});

test('progress goes up to 1 over both models', async t => {
  const calls: OpenProgress[] = [];
  await withPair({onProgress: progress => calls.push(progress)}, async () => {});
  // Reports that come faster than the listener is served are merged, so how many there are is open.
  t.true(calls.every(({phase, total}) => phase === 'load' && total === 1));
  const loaded = calls.map(call => call.loaded);
  t.deepEqual(
    loaded,
    loaded.toSorted((a, b) => a - b),
  );
  t.true(loaded[0]! >= 0);
  t.is(loaded.at(-1), 1);
});

test('what a progress listener throws rejects the opening, and other pairs go on', async t => {
  const thrown = new Error('a bug of the caller');
  const onProgress = () => {
    throw thrown;
  };
  t.is(await t.throwsAsync(openPair({...arithmeticPair(), gpu: false, onProgress})), thrown);
  await withPair({}, async pair => t.is(typeof (await scoreSteps(pair, question)).reward, 'number'));
});

test('what a progress listener throws does not end the process', async t => {
  const {code, stdout, stderr} = await runScript(`
    import {bundledPair, openPair} from './lib/index.js';
    const onProgress = () => { throw new Error('a bug of the caller'); };
    for (let round = 0; round < 3; round++) {
      await openPair({...bundledPair(), gpu: false, onProgress}).catch(error => console.log(error.message));
    }
  `);
  t.deepEqual({code, stdout, stderr}, {code: 0, stdout: 'a bug of the caller\n'.repeat(3), stderr: ''});
});

test.serial('what a listener of log lines throws is told once, and the pair scores', async t => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => warnings.push(warning);
  process.on('warning', onWarning);
  let lines = 0;
  const onLog = () => {
    lines++;
    throw new Error('a bug of the caller');
  };
  try {
    await withPair({onLog}, async pair => t.is(typeof (await scoreSteps(pair, question)).reward, 'number'));
    await new Promise(resolve => setImmediate(resolve));
  } finally {
    process.off('warning', onWarning);
  }

  t.true(lines > 10);
  t.deepEqual(
    warnings.map(({name, message}) => [name, message]),
    [['ImplicitPrmWarning', 'onLog threw: a bug of the caller']],
  );
});

test('log lines come with a level, one line each, and nothing is printed', async t => {
  const {code, stdout, stderr} = await runScript(`
    import {bundledPair, openPair, scoreSteps} from './lib/index.js';
    const lines = [];
    const onLog = (level, text) => lines.push({level, text});
    const pair = await openPair({...bundledPair(), gpu: false, onLog});
    await scoreSteps(pair, {prompt: 'x', response: 'y'});
    await pair.close();
    const levels = new Set(['debug', 'info', 'warn', 'error']);
    console.log(JSON.stringify([
      lines.length > 20,
      lines.every(({level, text}) => levels.has(level) && typeof text === 'string' && !text.includes('\\n')),
      lines.some(({text}) => text.includes('base.gguf')),
      lines.some(({text}) => text.includes('adapter.gguf')),
    ]));
  `);
  t.deepEqual({code, stdout, stderr}, {code: 0, stdout: '[true,true,true,true]\n', stderr: ''});
});

test('nothing is printed without a listener, not even of a broken model', async t => {
  const broken = JSON.stringify(truncatedModel(directory));
  const {code, stdout, stderr} = await runScript(`
    import {bundledPair, openPair, describeModels, scoreSteps} from './lib/index.js';
    const broken = ${broken};
    await openPair({policy: broken, gpu: false}).catch(error => console.log(error.code));
    await describeModels([broken]).catch(error => console.log(error.code));
    await describeModels([bundledPair().policy]);
    const pair = await openPair({...bundledPair(), gpu: false});
    await scoreSteps(pair, {prompt: 'x', response: 'y'});
    await pair.close();
  `);
  t.deepEqual({code, stdout, stderr}, {code: 0, stdout: 'MODEL_INVALID\nMODEL_INVALID\n', stderr: ''});
});

test('a pair may be closed again and again', async t => {
  const pair = await openPair({...arithmeticPair(), gpu: false});
  await Promise.all([pair.close(), pair.close()]);
  await t.notThrowsAsync(pair.close());
});

test('a closed pair refuses everything but being closed and telling of itself', async t => {
  const pair = await openPair({...arithmeticPair(), gpu: false});
  await pair.close();
  const closed = {instanceOf: PairClosedError, code: 'PAIR_CLOSED'};
  const options = {complete: true, allowSpecialTokens: false};
  await t.throwsAsync(scoreSteps(pair, question), closed);
  await t.throwsAsync(pair.engine.logprobs([{tokens: Int32Array.of(1, 2), from: 1}]), closed);
  await t.throwsAsync(pair.tokeniser.tokenise('x', ['y'], options), closed);
  await t.throwsAsync(pair.tokeniser.detokenise(Int32Array.of(1)), closed);
  t.is(pair.info.policy.vocabularySize, 260);
});

test('a pair is closed at the end of its block by await using', async t => {
  const open = async () => {
    await using pair = await openPair({...arithmeticPair(), gpu: false});
    t.is(typeof (await scoreSteps(pair, question)).reward, 'number');
    return pair;
  };
  const pair = await open();
  await t.throwsAsync(scoreSteps(pair, question), {instanceOf: PairClosedError});
});
