// Compares an installed package with some of the golden numbers: in plain JavaScript, for every runtime.
//
//   node score-golden.mjs FOLDER_OF_THE_DATA
import {readFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {openPair} from 'implicit-prm';

const file = name => path.join(process.argv[2], name);
const pairOfThese = {policy: file('arithmetic/policy.gguf'), reference: file('arithmetic/reference.gguf')};

const cases = readFileSync(file('logprobs.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map(line => JSON.parse(line))
  .filter(({id}) => id === 'odd-text' || id === 'unfinished');
const result = {numbers: 0, exact: 0, graph: 0, usual: 0};
const modes = {
  exact: {kvCacheType: 'f32', flashAttention: false, logSoftmax: 'host'},
  graph: {kvCacheType: 'f32', flashAttention: false, logSoftmax: 'graph'},
  usual: {},
};
for (const [mode, options] of Object.entries(modes)) {
  const pair = await openPair({...pairOfThese, gpu: false, threads: 1, ...options});
  for (const {promptTokens, responses} of cases) {
    const some = responses.slice(0, 2);
    const {policy, reference} = await pair.engine.logprobs(
      some.map(({tokens}) => ({
        tokens: Int32Array.from([...promptTokens, ...tokens]),
        from: promptTokens.length,
      })),
    );
    for (const [index, golden] of some.entries()) {
      const distances = [
        ...Array.from(policy[index], (value, token) => Math.abs(value - golden.policyLogprobs[token])),
        ...Array.from(reference[index], (value, token) => Math.abs(value - golden.referenceLogprobs[token])),
      ];
      result.numbers += distances.length;
      result[mode] = Math.max(result[mode], ...distances);
    }
  }

  await pair.close();
}

console.log(JSON.stringify(result));
