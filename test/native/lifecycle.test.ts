import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import {openPair, type Pair, PairClosedError, type SequenceLogprobs, scoreSteps} from '../../lib/index.js';
import {type GoldenCase, readData, sequencesOf} from '../helpers/golden.js';
import {arithmeticPair, withPair} from '../helpers/pairs.js';
import {runScript} from '../helpers/run-script.js';

interface Progress {
  tokens: number;
  total: number;
}

const [golden] = readData<GoldenCase>('logprobs.jsonl');
const [sequence] = sequencesOf(golden!);

/** Enough different work to take some seconds. */
function muchWork(count = 3000) {
  return Array.from({length: count}, (_, index) => {
    const tokens = sequence!.tokens.slice();
    tokens[sequence!.from] = index % 256;
    tokens[sequence!.from + 1] = Math.floor(index / 256);
    return {tokens, from: sequence!.from};
  });
}

/** Starts a call that takes some seconds, and resolves once it is under way. */
async function startMuchWork(
  pair: Pair,
  signal?: AbortSignal,
): Promise<{work: Promise<SequenceLogprobs>; progress: Progress}> {
  const progress: Progress = {tokens: 0, total: 0};
  let started: () => void;
  const underWay = new Promise<void>(resolve => {
    started = resolve;
  });
  const onProgress = (report: Progress) => {
    Object.assign(progress, report);
    started();
  };
  const work = pair.engine.logprobs(muchWork(), {signal, onProgress});
  work.catch(() => {});
  await underWay;
  return {work, progress};
}

test('a signal stops an evaluation with its reason, and the pair goes on', async t => {
  await withPair({}, async pair => {
    const before = await pair.engine.logprobs([sequence!]);
    const controller = new AbortController();
    const {work, progress} = await startMuchWork(pair, controller.signal);
    const reason = new Error('changed my mind');
    controller.abort(reason);
    t.is(await t.throwsAsync(work), reason);
    t.true(progress.tokens < progress.total, 'it was evaluated to its end');
    const after = await pair.engine.logprobs([sequence!]);
    t.true(after.policy[0]!.every((value, index) => Math.abs(value - before.policy[0]![index]!) < 0.05));
  });
});

test('a signal that has fired stops a call before it starts', async t => {
  await withPair({}, async pair => {
    const signal = AbortSignal.abort(new Error('too late'));
    await t.throwsAsync(pair.engine.logprobs(muchWork(), {signal}), {message: 'too late'});
    const input = {prompt: golden!.prompt, response: golden!.responses[0]!.text};
    await t.throwsAsync(scoreSteps(pair, input, {signal}), {message: 'too late'});
  });
});

test('a call beside another can be stopped', async t => {
  await withPair({}, async pair => {
    const first = pair.engine.logprobs(muchWork(30));
    const controller = new AbortController();
    const second = pair.engine.logprobs([sequence!], {signal: controller.signal});
    controller.abort();
    t.is(await second.catch(error => error), controller.signal.reason);
    t.is((await first).policy.length, 30);
  });
});

test('closing rejects what is under way, and frees the pair', async t => {
  const pair = await openPair({...arithmeticPair(), gpu: false, threads: 1});
  const {work} = await startMuchWork(pair);
  const other = pair.engine.logprobs(muchWork());
  other.catch(() => {});
  await pair.close();
  await t.throwsAsync(work, {instanceOf: PairClosedError, code: 'PAIR_CLOSED'});
  await t.throwsAsync(other, {instanceOf: PairClosedError});
  await t.throwsAsync(pair.engine.logprobs([sequence!]), {instanceOf: PairClosedError});
  await pair.close();
});

test('progress counts every token of both models, up to the total', async t => {
  await withPair({batchSize: 32}, async pair => {
    const reports: {tokens: number; total: number}[] = [];
    await pair.engine.logprobs(sequencesOf(golden!), {onProgress: report => void reports.push(report)});
    t.true(reports.length > 2);
    const {total} = reports[0]!;
    t.true(reports.every(report => report.total === total && report.tokens <= total));
    t.true(reports.every((report, index) => index === 0 || report.tokens >= reports[index - 1]!.tokens));
    t.is(reports.at(-1)!.tokens, total);
  });
});

test('what a progress callback throws stops the call and comes out of it', async t => {
  await withPair({}, async pair => {
    const onProgress = () => {
      throw new RangeError('no more');
    };
    await t.throwsAsync(pair.engine.logprobs(muchWork(), {onProgress}), {
      instanceOf: RangeError,
      message: 'no more',
    });
    t.is((await pair.engine.logprobs([sequence!])).policy.length, 1);
  });
});

test('the event loop goes on turning while the models work', async t => {
  await withPair({}, async pair => {
    const controller = new AbortController();
    let working = true;
    const work = pair.engine.logprobs(muchWork(), {signal: controller.signal}).finally(() => {
      working = false;
    });
    work.catch(() => {});
    // The work takes seconds. If the loop waited for it, it would be done after the first turn.
    let turns = 0;
    while (working && turns < 50) {
      await sleep(2);
      turns++;
    }

    t.true(working, `the work was done within ${turns} turns`);
    controller.abort();
    t.is(await work.catch(error => error), controller.signal.reason);
  });
});

test('calls on several pairs at once all come out right', async t => {
  await withPair({threads: 2}, async first =>
    withPair({}, async second => {
      const results = await Promise.all(
        Array.from({length: 4}, async (_, index) =>
          (index % 2 ? first : second).engine.logprobs(sequencesOf(golden!)),
        ),
      );
      for (const result of results) {
        t.deepEqual(result.policy[0]!.length, golden!.responses[0]!.tokens.length);
        t.true(Math.abs(result.policy[0]![17]! - golden!.responses[0]!.policyLogprobs[17]!) < 0.05);
      }
    }),
  );
});

const preamble = `
  import {bundledPair, openPair, scoreSteps} from './lib/index.js';
  const pair = await openPair({...bundledPair(), gpu: false, threads: 1});
  const response = '1 + 1 = 2\\n\\nAnswer: 2';
  const many = Array.from({length: 3000}, (_, i) => i + response);
`;

test('an open pair does not keep the process alive', async t => {
  const {code, stdout, stderr} = await runScript(`${preamble}
    const {reward} = await scoreSteps(pair, {prompt: 'x', response});
    console.log(Number.isFinite(reward));
  `);
  t.deepEqual({code, stdout, stderr}, {code: 0, stdout: 'true\n', stderr: ''});
});

test('pending work keeps the process alive until it is done', async t => {
  const {code, stdout} = await runScript(`${preamble}
    scoreSteps(pair, {prompt: 'x', responses: many.slice(0, 100)}).then(({length}) => console.log(length));
  `);
  t.deepEqual({code, stdout}, {code: 0, stdout: '100\n'});
});

test('leaving in the middle of the work is clean', async t => {
  const {code, signal, stderr} = await runScript(`${preamble}
    scoreSteps(pair, {prompt: 'x', responses: many}, {onProgress() { process.exit(7); }});
  `);
  t.deepEqual({code, signal, stderr}, {code: 7, signal: null, stderr: ''});
});

test('leaving while models load is clean', async t => {
  const {code, signal, stderr} = await runScript(`
    import {bundledPair, openPair} from './lib/index.js';
    openPair({...bundledPair(), gpu: false, onProgress() { process.exit(7); }});
  `);
  t.deepEqual({code, signal, stderr}, {code: 7, signal: null, stderr: ''});
});

test('a pair that is forgotten is collected without harm', async t => {
  const {code, signal, stdout, stderr} = await runScript(
    `
    import {bundledPair, openPair, scoreSteps} from './lib/index.js';
    import {setTimeout} from 'node:timers/promises';
    for (let i = 0; i < 10; i++) {
      const pair = await openPair({...bundledPair(), gpu: false, threads: 1});
      await scoreSteps(pair, {prompt: 'x', response: 'y'});
    }
    gc(); await setTimeout(50); gc(); await setTimeout(50);
    console.log('done');
  `,
    ['--expose-gc'],
  );
  t.deepEqual({code, signal, stdout, stderr}, {code: 0, signal: null, stdout: 'done\n', stderr: ''});
});

test('several worker threads score at once, and one may be terminated in the middle', async t => {
  const {code, signal, stdout, stderr} = await runScript(`
    import {once} from 'node:events';
    import {Worker} from 'node:worker_threads';
    const start = work => new Worker('./test/helpers/score-in-worker.mjs', {workerData: work});
    const rewards = await Promise.all([1, 2, 3].map(async () => {
      const worker = start('one response');
      const [reward] = await once(worker, 'message');
      await once(worker, 'exit');
      return reward;
    }));
    const busy = start('many responses');
    await once(busy, 'message');
    await busy.terminate();
    console.log(new Set(rewards).size, Number.isFinite(rewards[0]));
  `);
  t.deepEqual({code, signal, stdout, stderr}, {code: 0, signal: null, stdout: '1 true\n', stderr: ''});
});
