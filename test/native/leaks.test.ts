import test from 'ava';
import {runScript} from '../helpers/run-script.js';

/** Resident memory in MiB after each round, as the loop of a child process prints it. */
async function memoryOver(body: string, rounds: number): Promise<number[]> {
  const {code, stdout, stderr} = await runScript(
    `
    import {bundledPair, openPair, scoreSteps} from './lib/index.js';
    const responses = ['Step 1: 2 + 3 = 5\\n\\nAnswer: 5', 'Answer: 6'];
    for (let round = 0; round < ${rounds}; round++) {
      ${body}
      gc();
      console.log(process.memoryUsage().rss / 1024 / 1024);
    }
  `,
    ['--expose-gc'],
  );
  if (code !== 0) {
    throw new Error(stderr);
  }

  return stdout.trim().split('\n').map(Number);
}

function peakOf(values: readonly number[]): number {
  return Math.max(...values);
}

test('opening, evaluating, tokenising and closing 140 times takes no more memory after the first 40', async t => {
  const memory = await memoryOver(
    `
      const pair = await openPair({...bundledPair(), gpu: false, threads: 1});
      const sequence = {tokens: Int32Array.from({length: 60}, (_, index) => index), from: 20};
      await pair.engine.logprobs([sequence]);
      await pair.engine.modelLogprobs('policy', [sequence], {likeliest: true});
      const options = {complete: false, allowSpecialTokens: false};
      await pair.tokeniser.tokenise({raw: 'Compute 2 + 3'}, responses, options);
      await pair.close();
    `,
    140,
  );
  const early = peakOf(memory.slice(0, 40));
  const late = peakOf(memory.slice(40));
  t.log(`${early.toFixed(1)} MiB in the first 40 rounds, ${late.toFixed(1)} MiB after`);
  // A leak of 80 KiB a round would show; a KV cache has 512 and more, a model 3,000.
  t.true(late <= early + 8);
});

test('scoring with the chat template 140 times takes little more memory after the first 40', async t => {
  const memory = await memoryOver(
    `
      const pair = await openPair({...bundledPair(), gpu: false, threads: 1});
      await scoreSteps(pair, {prompt: 'Compute 2 + 3', responses});
      await pair.close();
    `,
    140,
  );
  const early = peakOf(memory.slice(0, 40));
  const late = peakOf(memory.slice(40));
  t.log(`${early.toFixed(1)} MiB in the first 40 rounds, ${late.toFixed(1)} MiB after`);
  // The chat template is rendered in a thread of Node's, with a heap of V8's own, for each pair. By its leave the process
  // grows for a hundred rounds and more, and shrinks again; native code alone does not grow at all, as above.
  t.true(late <= early + 16);
});

test('failing to open 60 times takes no more memory either', async t => {
  const memory = await memoryOver(
    `
      const {policy} = bundledPair();
      await openPair({policy, reference: policy, gpu: false}).then(() => process.exit(1), () => {});
      await openPair({policy, lora: policy, gpu: false}).then(() => process.exit(1), () => {});
    `,
    60,
  );
  t.true(peakOf(memory.slice(20)) <= peakOf(memory.slice(0, 20)) + 8);
});

test('a thousand responses need no more memory than ten', async t => {
  const peakFor = async (count: number) => {
    const {code, stdout, stderr} = await runScript(`
      import {bundledPair, openPair} from './lib/index.js';
      const pair = await openPair({...bundledPair(), gpu: false, threads: 1, batchSize: 128});
      const prompt = Array.from({length: 30}, (_, i) => i);
      const sequences = Array.from({length: ${count}}, (_, i) => ({
        tokens: Int32Array.from([...prompt, ...prompt.map(token => (token * 7 + i * 13) % 250)]),
        from: prompt.length,
      }));
      const {policy} = await pair.engine.logprobs(sequences);
      console.log(policy.length, process.resourceUsage().maxRSS / 1024);
    `);
    t.is(code, 0, stderr);
    const [scored, peak] = stdout.trim().split(' ').map(Number);
    t.is(scored, count);
    return peak!;
  };
  // What Node collects when makes the peak differ by a tenth from run to run: the lowest of up to three tells.
  let [few, many] = [await peakFor(10), await peakFor(1000)];
  for (let again = 0; again < 2 && many > 1.1 * few; again++) {
    [few, many] = [Math.min(few, await peakFor(10)), Math.min(many, await peakFor(1000))];
  }

  t.log(`${few.toFixed(1)} MiB for 10, ${many.toFixed(1)} MiB for 1,000`);
  t.true(many <= 1.1 * few);
});
