import process from 'node:process';
import test from 'ava';
import {runScript} from '../helpers/run-script.js';

/** Takes minutes: run by `npm run test:training`. */
const long = process.env.IMPLICIT_PRM_LONG_TESTS ? test : test.skip;

long('twenty trainings in a row take no more memory than the first five', async t => {
  const {code, stdout, stderr} = await runScript(
    `
    import {NativeTrainer} from './lib/engine/native/native-trainer.js';
    import {bundledPair} from './lib/index.js';
    const sequences = Array.from({length: 8}, (_, i) => ({
      tokens: Int32Array.from({length: 120}, (_, k) => 97 + ((k * (i + 3)) % 26)),
      from: 20,
    }));
    for (let round = 0; round < 20; round++) {
      const trainer = await NativeTrainer.open({
        base: bundledPair().reference, rank: 8, alpha: 16, seed: round, threads: 1, maxTokens: 1024, maxTree: 128,
        checkpoint: round % 2 === 0,
      });
      for (let step = 0; step < 3; step++) {
        await trainer.forward(sequences, {adapter: true, keep: true});
        await trainer.backward(sequences.map(() => 0.1));
        await trainer.step({learningRate: 1e-3, weightDecay: 0, clip: 1});
      }
      await trainer.close();
      gc();
      console.log(process.memoryUsage().rss / 1024 / 1024);
    }
  `,
    ['--expose-gc'],
  );
  t.is(code, 0, stderr);
  const memory = stdout.trim().split('\n').map(Number);
  t.is(memory.length, 20);
  const [early, late] = [Math.max(...memory.slice(0, 5)), Math.max(...memory.slice(5))];
  t.log(`${early.toFixed(1)} MiB in the first 5, ${late.toFixed(1)} MiB after`);
  // The adapter, its gradients and moments alone are 1.2 MiB, a model 3, the buffers of a graph 30 and more.
  t.true(late <= early + 8);
});
