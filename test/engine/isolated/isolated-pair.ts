import {readFileSync} from 'node:fs';
import process from 'node:process';
import {setTimeout} from 'node:timers/promises';
import {IsolatedEngine} from '../../../lib/engine/isolated/isolated-engine.js';
import {MeteredEngine} from '../../../lib/engine/metered-engine.js';
import type {Pair, SequenceLogprobs} from '../../../lib/index.js';
import {type GoldenCase, readData, sequencesOf} from '../../helpers/golden.js';

export const golden = readData<GoldenCase>('logprobs.jsonl');
export const [sequence] = sequencesOf(golden[0]!);

/** The process that a pair's engine runs in. */
export function engineOf(pair: Pair): number | undefined {
  const engine = pair.engine instanceof MeteredEngine ? pair.engine.inner : undefined;
  if (!(engine instanceof IsolatedEngine)) {
    throw new TypeError('The pair is not isolated.');
  }

  return engine.pid;
}

/** Different work that takes some seconds. */
export function muchWork(count = 1000) {
  return Array.from({length: count}, (_, index) => {
    const tokens = sequence!.tokens.slice();
    tokens[sequence!.from] = index % 256;
    tokens[sequence!.from + 1] = Math.floor(index / 256);
    return {tokens, from: sequence!.from};
  });
}

/** Starts work that takes some seconds, and resolves once it is under way. */
export async function startMuchWork(
  pair: Pair,
  signal?: AbortSignal,
): Promise<{work: Promise<SequenceLogprobs>}> {
  let work: Promise<SequenceLogprobs> | undefined;
  await new Promise<void>((resolve, reject) => {
    work = pair.engine.logprobs(muchWork(), {signal, onProgress: () => resolve()});
    work.catch(reject);
  });
  return {work: work!};
}

/** Resolves once there is no such process; rejects if there is one after a minute. */
export async function hasEnded(pid: number): Promise<void> {
  for (let waited = 0; waited < 1200; waited++) {
    if (!isAlive(pid)) {
      return;
    }

    await setTimeout(50);
  }

  throw new Error(`The process ${pid} is still there.`);
}

/** Whether it runs: one whose parent is gone may be left as a zombie where nobody waits for it. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/^\d+ \(.*\) Z/u.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
