import process from 'node:process';
import {openPair, scoreSteps} from '../lib/index.js';
import {makeWorkload} from './workload.js';

// Scores so many short responses, of which ten fill a batch, and prints the most memory that the process has had, in KiB.
const [policy, reference, count, threads] = process.argv.slice(2);
const pair = await openPair({
  policy: policy!,
  reference: reference!,
  gpu: false,
  threads: Number(threads),
  contextSize: 512,
});
const {prompt, responses} = await makeWorkload(pair, {prompt: 64, responses: Number(count), tokens: 16});
await scoreSteps(pair, {prompt: {raw: prompt}, responses, complete: false});
await pair.close();
console.log(process.resourceUsage().maxRSS);
