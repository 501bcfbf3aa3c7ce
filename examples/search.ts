// Solves a problem with each method of search: a model writes, the pair judges every step, what is promising goes on.
//
//   npx tsx examples/search.ts 'Compute 9 + 3 + 10 + (5 - 4)' 1

import process from 'node:process';
import {bundledPair, openGenerator, openPair, type SearchOptions, search} from 'implicit-prm';

const [prompt = 'Compute 9 + 3 + 10 + (5 - 4)', seed = '1'] = process.argv.slice(2);

// These models are so small that a GPU, or a second thread, only makes them slower. Leave this out for real ones.
const small = {gpu: false, threads: 1} as const;
const pair = await openPair({...bundledPair(), ...small});
// Any model can write. The reference is a natural one: it wrote what the policy learnt to judge.
const generator = await openGenerator({model: bundledPair().reference, ...small});

const common = {n: 8, seed: Number(seed)};
const searches: SearchOptions[] = [
  {method: 'bestOfN', ...common},
  // Two responses are kept, each of which goes on in four ways.
  {method: 'beam', beamWidth: 4, ...common},
  // Two trees, in each of which the best of four next steps is taken.
  {method: 'dvts', beamWidth: 4, ...common},
  // Eight different responses, for which it may write more than the others.
  {method: 'mcts', beamWidth: 4, ...common},
];
for (const options of searches) {
  const {best, candidates, usage} = await search(pair, generator, prompt, options);
  console.log(`${options.method}: ${best?.answer ?? 'no answer'}`);
  for (const {text, reward} of best?.steps ?? []) {
    console.log(`${reward.toFixed(2).padStart(7)}  ${text}`);
  }

  console.log(`${candidates.length} different candidates, ${usage.generated} tokens generated\n`);
}

await generator.close();
await pair.close();
