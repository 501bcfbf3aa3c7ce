// What share of a search's computing is done by JavaScript: all that is not llama.cpp, with what node-llama-cpp does between
// two of its calls. The pair that ships is so small that there is hardly a worse case.
//
//   npx tsx bench/search/overhead.ts

import {readdirSync, readFileSync} from 'node:fs';
import process from 'node:process';
import {bundledPair, openGenerator, openPair, type Pair, search} from '../../lib/index.js';

const one = {gpu: false, threads: 1} as const;
await using pair = await openPair({...bundledPair(), ...one, cacheSize: 4096});
for (const parallel of [16, 64]) {
  await measure(pair, parallel);
}

/** Prints the shares of each method with so many responses written at once. */
async function measure(pair: Pair, parallel: number): Promise<void> {
  await using generator = await openGenerator({model: bundledPair().reference, parallel, ...one});
  for (const method of ['bestOfN', 'beam', 'dvts'] as const) {
    // The first warms what there is to warm.
    await search(pair, generator, 'Compute 9 + 3 + 10', {method, n: 4, seed: 1});
    const before = processorTimes();
    const {usage} = await search(pair, generator, 'Compute (7 - 12) * 3 + 14 - 5', {method, n: 64, seed: 2});
    const spent = [...processorTimes()].map(
      ([thread, time]) => [thread, time - (before.get(thread) ?? 0)] as const,
    );
    const total = spent.reduce((sum, [, time]) => sum + time, 0);
    const javaScript = spent.find(([thread]) => thread === process.pid)?.[1] ?? 0;
    const share = ((100 * javaScript) / total).toFixed(1);
    console.log(
      `${method}, n = 64, ${parallel} at once: ${usage.generated} tokens, ${total / 100} s of computing, JavaScript ${share} %`,
    );
  }
}

/** Hundredths of a second that each thread of this process has computed for; on Linux. */
function processorTimes(): Map<number, number> {
  return new Map(
    readdirSync('/proc/self/task').map(thread => {
      const fields = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8').split(') ')[1]!.split(' ');
      return [Number(thread), Number(fields[11]) + Number(fields[12])];
    }),
  );
}
