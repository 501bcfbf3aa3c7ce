import test from 'ava';
import {bundledPair} from '../../lib/index.js';
import {arithmeticPair} from '../helpers/pairs.js';
import {runScript} from '../helpers/run-script.js';

const ours = `
  import {bundledPair, openPair, scoreSteps} from './lib/index.js';
  const open = () => openPair({...bundledPair(), gpu: false, threads: 1});
  const score = async pair => (await scoreSteps(pair, {prompt: 'Compute 2 + 3 * 4', response: 'Answer: 14'})).reward;
  const close = (a, b) => Math.abs(a - b) < 0.01;
`;
const theirs = `
  import {getLlama, LlamaLogLevel} from 'node-llama-cpp';
  const logged = [];
  const openLlama = () => getLlama({
    gpu: false, build: 'never', maxThreads: 1, logLevel: LlamaLogLevel.debug, logger: (level, text) => logged.push(text),
  });
  const generate = async llama => {
    const model = await llama.loadModel({modelPath: bundledPair().reference});
    const context = await model.createContext({contextSize: 128, threads: 1});
    const sequence = context.getSequence();
    const tokens = [];
    for await (const token of sequence.evaluate(model.tokenize('Step 1: 2'), {temperature: 0})) {
      tokens.push(token);
      if (tokens.length === 8) break;
    }
    await model.dispose();
    return tokens.join();
  };
`;

for (const [order, body] of Object.entries({
  'implicit-prm loaded first': `
    const pair = await open();
    const before = await score(pair);
    const llama = await openLlama();`,
  'node-llama-cpp loaded first': `
    const llama = await openLlama();
    await generate(llama);
    const pair = await open();
    const before = await score(pair);`,
})) {
  test(`both work side by side, with ${order}`, async t => {
    const {code, signal, stdout, stderr} = await runScript(`${ours}${theirs}${body}
      const first = await generate(llama);
      const [during, second] = await Promise.all([score(pair), generate(llama)]);
      console.log(close(before, during), first === second, first.length > 0);
      await pair.close();
      console.log(await generate(llama) === first);
      const again = await open();
      await llama.dispose();
      console.log(close(await score(again), before));
      await again.close();
    `);
    t.deepEqual(
      {code, signal, stdout, stderr},
      {code: 0, signal: null, stdout: 'true true true\ntrue\ntrue\n', stderr: ''},
    );
  });
}

test("the host's log callback gets its own lines and none of ours", async t => {
  const {stdout, stderr} = await runScript(`${ours}${theirs}
    const until = async condition => {
      while (!condition()) await new Promise(resolve => setTimeout(resolve, 10));
    };
    const about = (texts, model) => texts.filter(text => text.includes(model)).length;
    const [mine, host] = ${JSON.stringify([arithmeticPair().policy, bundledPair().reference])};
    const llama = await openLlama();
    const lines = [];
    const pair = await openPair({policy: mine, gpu: false, threads: 1, onLog: (level, text) => lines.push(text)});
    await score(pair);
    await until(() => about(lines, mine) > 0);
    await generate(llama);
    await until(() => about(logged, host) > 0);
    await score(pair);
    await generate(llama);
    console.log(about(logged, mine), about(lines, host));
  `);
  t.deepEqual({stdout, stderr}, {stdout: '0 0\n', stderr: ''});
});
