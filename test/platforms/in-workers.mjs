// Only worker threads use the addon; the exit code of the process tells whether it ended well.
import {once} from 'node:events';
import {isMainThread, Worker} from 'node:worker_threads';

if (isMainThread) {
  for (let count = 0; count < 2; count++) {
    const [code] = await once(new Worker(new URL(import.meta.url)), 'exit');
    console.log('worker', code);
  }
} else {
  const {bundledPair, openPair} = await import('implicit-prm');
  const pair = await openPair({...bundledPair(), gpu: false, threads: 1});
  await pair.close();
}
