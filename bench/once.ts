import process from 'node:process';
import {buildTools} from './build-tools.js';
import {openImplicitPrm} from './drivers/implicit-prm.js';
import {timeRun} from './measure.js';
import {randomPair} from './models.js';
import {findRivals} from './rivals.js';
import {makeWorkloadFor} from './workload.js';

// One run of one way to do the work, for a profiler: once.ts TITLE PROMPT RESPONSES TOKENS.
const [title, ...numbers] = process.argv.slice(2);
const [prompt, responses, tokens] = numbers.map(Number);
const pair = randomPair('0.5B', 'BF16', buildTools());
const workload = await makeWorkloadFor(pair, {prompt: prompt!, responses: responses!, tokens: tokens!});
const ways = [{title: 'implicit-prm', open: openImplicitPrm}, ...findRivals()];
const {open} = ways.find(way => way.title === title)!;
const driver = await open(pair, {threads: 2, contextSize: prompt! + tokens! + 32});
console.log(`${title}: ${await timeRun(driver, workload)} s`);
await driver.close();
