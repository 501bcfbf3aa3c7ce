import test from 'ava';
import {openPair} from '../../../lib/index.js';
import {exact} from '../../helpers/pairs.js';
import {type Architecture, architectures, randomDecoder} from '../../helpers/random-decoder.js';
import {temporaryDirectory} from '../../helpers/temporary-directory.js';
import {distanceFromDifferences, shake, someSequences, sumOf, withTrainer} from '../../helpers/trainers.js';

const directory = temporaryDirectory();
const sequences = someSequences();

/** The CPU takes GELU from a table in half precision, so log-probabilities of these go in small steps. */
const stepped: readonly Architecture[] = ['gemma', 'gemma2', 'gemma3', 'starcoder2'];

for (const architecture of architectures) {
  test(`${architecture}: the trainer agrees with llama.cpp, its gradients with differences, the engine with its adapter`, async t => {
    const base = randomDecoder(directory, architecture);
    const lora = `${directory}/${architecture}-lora.gguf`;
    const trained = await withTrainer({base}, async trainer => {
      await shake(trainer);
      const {worst} = trainer.description.selfCheck;
      const isStepped = stepped.includes(architecture);
      const distance = await distanceFromDifferences(trainer, sequences, {step: isStepped ? 2e-2 : 5e-3});
      t.log(`self-check ${worst.toExponential(1)} nats, gradient ${distance.toExponential(1)}`);
      t.true(worst <= 1e-3);
      t.true(distance <= (isStepped ? 1e-2 : 1e-3));
      await trainer.saveAdapter(lora, {});
      return trainer.forward(sequences, {adapter: true, keep: false});
    });
    const pair = await openPair({policy: base, reference: base, lora, gpu: false, threads: 1, ...exact});
    const {policy} = await pair.engine.logprobs(sequences);
    await pair.close();
    for (const [index, logprobs] of trained.entries()) {
      t.true(Math.abs(sumOf(logprobs) - sumOf(policy[index]!)) <= 1e-3);
    }
  });
}

for (const architecture of ['gemma2', 'gemma3', 'phi3'] as const) {
  test(`${architecture}: attention that sees a window of 16 tokens`, async t => {
    const base = randomDecoder(directory, architecture, {
      window: 16,
      layers: architecture === 'gemma3' ? 6 : 2,
    });
    await withTrainer({base}, async trainer => {
      await shake(trainer);
      t.true(trainer.description.selfCheck.worst <= 2e-3);
      t.true((await distanceFromDifferences(trainer, someSequences(2, 40), {step: 2e-2})) <= 2e-2);
    });
  });
}
