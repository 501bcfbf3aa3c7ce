import test from 'ava';
import {runScript} from '../../helpers/run-script.js';
import {hasEnded} from './isolated-pair.js';

const preamble = `
  import {bundledPair, openPair, scoreSteps} from './lib/index.js';
  const pair = await openPair({...bundledPair(), gpu: false, threads: 1, isolate: true});
  // Work for minutes: whatever ends sooner has been ended.
  const work = Array.from({length: 5000}, (_, i) => {
    const tokens = Int32Array.from({length: 400}, (_, place) => (place * 7) % 200);
    tokens.set([i % 200, Math.floor(i / 200)]);
    return {tokens, from: 2};
  });
  const pid = pair.engine.inner.pid;
`;

test('an idle pair does not keep the host alive, and its process goes with it', async t => {
  const {code, signal, stdout, stderr} = await runScript(`${preamble}
    const {reward} = await scoreSteps(pair, {prompt: 'x', response: 'y'});
    console.log(pid, Number.isFinite(reward));
  `);
  t.like({code, signal, stderr}, {code: 0, signal: null, stderr: ''});
  t.regex(stdout, /^\d+ true\n$/u);
  await hasEnded(Number.parseInt(stdout, 10));
});

test('pending work keeps the host alive until it is done', async t => {
  const {code, stdout} = await runScript(`${preamble}
    const responses = Array.from({length: 20}, (_, i) => i + '1 + 1 = 2\\n\\nAnswer: 2');
    scoreSteps(pair, {prompt: 'x', responses}).then(({length}) => console.log(length));
  `);
  t.deepEqual({code, stdout}, {code: 0, stdout: '20\n'});
});

test('leaving in the middle of the work is clean, and leaves no process', async t => {
  const {code, signal, stdout, stderr} = await runScript(`${preamble}
    process.stdout.write(pid + '\\n', () => {
      pair.engine.logprobs(work, {onProgress() { process.exit(7); }});
    });
  `);
  t.like({code, signal, stderr}, {code: 7, signal: null, stderr: ''});
  await hasEnded(Number.parseInt(stdout, 10));
});

test('a host that is killed in the middle of the work leaves no process', async t => {
  const {signal, stdout} = await runScript(`${preamble}
    process.stdout.write(pid + '\\n', () => {
      pair.engine.logprobs(work, {onProgress() { process.kill(process.pid, 'SIGKILL'); }});
    });
  `);
  t.is(signal, 'SIGKILL');
  await hasEnded(Number.parseInt(stdout, 10));
});

test('a pair that is forgotten takes its process along', async t => {
  const {code, stdout, stderr} = await runScript(
    `
    import {setTimeout} from 'node:timers/promises';
    import {bundledPair, openPair} from './lib/index.js';
    async function forget() {
      const pair = await openPair({...bundledPair(), gpu: false, threads: 1, isolate: true});
      return pair.engine.inner.pid;
    }

    const pid = await forget();
    let ended = false;
    for (let i = 0; i < 100 && !ended; i++) {
      gc();
      await setTimeout(20);
      try { process.kill(pid, 0); } catch { ended = true; }
    }

    console.log(ended);
  `,
    ['--expose-gc'],
  );
  t.deepEqual({code, stdout, stderr}, {code: 0, stdout: 'true\n', stderr: ''});
});
