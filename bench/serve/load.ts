import {readFileSync} from 'node:fs';
import {bundledPair, openPair, type Pair, scoreSteps} from '../../lib/index.js';
import {seededRandom} from '../../lib/utils/seeded-random.js';
import {type ServeProcess, serveCommand} from '../../test/helpers/serve-command.js';
import {median, secondsOf} from '../measure.js';
import {type Manner, type Outcome, sendAll} from './clients.js';
import {type ScoreRequest, scoreRequests} from './requests.js';

/** What was measured of a server under load. */
export interface Load {
  requests: number;
  /** Requests a second, in this process and by the server, in turns; the ratio is the median of the turns'. */
  inProcess: number;
  served: number;
  ratio: number;
  /** Seconds that an answer took when all were asked for at once. */
  latency: {p50: number; p99: number};
  /** With clients that leave and clients that read slowly among them. */
  mixed: {
    left: number;
    slow: number;
    answered: number;
    latency: {p50: number; p99: number};
    /** The greatest distance of a reward from the one in this process. */
    worst: number;
    /** MiB: resident before, and the most so far after each round. */
    memory: number[];
    /** Tokens that the server has in its queue when all is over. */
    queued: number;
  };
}

const plain: Manner = {kind: 'plain'};

/** Puts so many requests at once to `implicit-prm serve` with the pair that ships, and the same calls to a pair here. */
export async function measureLoad(count: number, rounds: number): Promise<Load> {
  const requests = scoreRequests(count);
  await using pair = await openPair({...bundledPair(), gpu: false, threads: 1});
  const server = await serveCommand('--bundled', '--gpu', 'off', '--threads', '1');
  try {
    // The first calls of each warm caches and compilers.
    const some = requests.slice(0, 32);
    await Promise.all([callAll(pair, some), sendAll(server.url, some, () => plain)]);
    let rewards: number[] = [];
    const turns: {here: number; there: number; outcomes: Outcome[]}[] = [];
    for (let round = 0; round < rounds; round++) {
      const here = await secondsOf(async () => {
        rewards = await callAll(pair, requests);
      });
      let outcomes: Outcome[] = [];
      const there = await secondsOf(async () => {
        outcomes = await sendAll(server.url, requests, () => plain);
      });
      turns.push({here, there, outcomes});
      console.error(`serve: ${here.toFixed(1)} s here, ${there.toFixed(1)} s served`);
    }

    return {
      requests: count,
      inProcess: count / median(turns.map(({here}) => here)),
      served: count / median(turns.map(({there}) => there)),
      ratio: median(turns.map(({here, there}) => here / there)),
      latency: latencyOf(turns.flatMap(({outcomes}) => outcomes)),
      mixed: await measureMixed(server, requests, rewards, rounds),
    };
  } finally {
    await server.stop();
  }
}

async function callAll(pair: Pair, requests: readonly ScoreRequest[]): Promise<number[]> {
  return Promise.all(requests.map(async request => (await scoreSteps(pair, request)).reward));
}

async function measureMixed(
  server: ServeProcess,
  requests: readonly ScoreRequest[],
  rewards: readonly number[],
  rounds: number,
): Promise<Load['mixed']> {
  const random = seededRandom(1);
  const manner = (index: number): Manner =>
    index % 10 === 3
      ? {kind: 'leaving', after: Math.floor(random() * 2000)}
      : index % 10 === 7
        ? {kind: 'slow'}
        : plain;
  const memory = [residentMemory(server, 'VmRSS')];
  const all: Outcome[][] = [];
  for (let round = 0; round < rounds; round++) {
    all.push(await sendAll(server.url, requests, manner));
    memory.push(residentMemory(server, 'VmHWM'));
  }

  const outcomes = all.flatMap(round =>
    round.map((outcome, index) => ({...outcome, expected: rewards[index]!})),
  );
  const answered = outcomes.filter(({reward}) => reward !== undefined);
  return {
    left: outcomes.length - answered.length,
    slow: outcomes.filter((_, index) => manner(index % requests.length).kind === 'slow').length,
    answered: answered.length,
    latency: latencyOf(answered),
    worst: Math.max(...answered.map(({reward, expected}) => Math.abs(reward! - expected))),
    memory,
    queued: await queuedTokens(server.url),
  };
}

function latencyOf(outcomes: readonly Outcome[]): {p50: number; p99: number} {
  const sorted = outcomes.map(({seconds}) => seconds).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]!;
  return {p50: at(0.5), p99: at(0.99)};
}

/** MiB of the server, now (`VmRSS`) or at most since it started (`VmHWM`). */
function residentMemory({child}: ServeProcess, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`, 'u').exec(status)![1]) / 1024;
}

async function queuedTokens(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^implicit_prm_queue_tokens (\S+)$/mu.exec(text)![1]);
}
