import process from 'node:process';
import {openPair, scoreSteps} from '../lib/index.js';
import {makeWorkload} from './workload.js';

// Scores so many short responses and prints the most memory that the process has had, in KiB.
const [policy, reference, count, threads] = process.argv.slice(2);
const pair = await openPair({
  policy: policy!,
  reference: reference!,
  gpu: false,
  threads: Number(threads),
  contextSize: 512,
  // So that ten responses fill a batch too: what is to be seen is whether memory grows with their number.
  batchSize: 64,
});
const {prompt, responses} = await makeWorkload(pair, {prompt: 64, responses: Number(count), tokens: 8});
await scoreSteps(pair, {prompt: {raw: prompt}, responses, complete: false});
await pair.close();
console.log(process.resourceUsage().maxRSS);
