// Run as a worker thread: scores one response and leaves, or begins to score thousands.
import {parentPort, workerData} from 'node:worker_threads';
import {register} from 'tsx/esm/api';

// The parent's loader does not reach worker threads of Node 20.
register();
const {bundledPair, openPair, scoreSteps} = await import('../../lib/index.js');
const pair = await openPair({...bundledPair(), gpu: false, threads: 1});
if (workerData === 'one response') {
  const {reward} = await scoreSteps(pair, {prompt: 'x', response: 'a b c'});
  parentPort.postMessage(reward);
  await pair.close();
} else {
  const responses = Array.from({length: 5000}, (_, index) => `response ${index}`);
  await scoreSteps(pair, {prompt: 'x', responses}, {onProgress: () => parentPort.postMessage('under way')});
}
