import {setTimeout as sleep} from 'node:timers/promises';
import type {ScoreRequest} from './requests.js';

/** How a client behaves: as it should, as one that goes away, as one that reads its answer in small pieces. */
export type Manner = {kind: 'plain'} | {kind: 'leaving'; after: number} | {kind: 'slow'};

/** What came of a request. */
export interface Outcome {
  /** The reward of the response; `undefined` if the client left before the answer. */
  reward: number | undefined;
  /** From sending the request to the end of the answer. */
  seconds: number;
}

const pieceBytes = 512;
const pauseMilliseconds = 20;

/** Sends all requests at once, each by a client with a connection of its own, and waits for what comes of them. */
export async function sendAll(
  url: string,
  requests: readonly ScoreRequest[],
  manner: (index: number) => Manner,
): Promise<Outcome[]> {
  return Promise.all(
    requests.map(async (request, index) => {
      const begin = performance.now();
      const reward = await sendOne(`${url}/v1/score`, request, manner(index));
      return {reward, seconds: (performance.now() - begin) / 1000};
    }),
  );
}

async function sendOne(url: string, request: ScoreRequest, manner: Manner): Promise<number | undefined> {
  const isSlow = manner.kind === 'slow';
  const signal = manner.kind === 'leaving' ? AbortSignal.timeout(manner.after) : null;
  try {
    const response = await fetch(url, {
      method: 'POST',
      signal,
      headers: {
        'content-type': 'application/json',
        accept: isSlow ? 'application/x-ndjson' : 'application/json',
      },
      // With its tokens an answer has some ten thousand bytes.
      body: JSON.stringify({...request, tokens: isSlow}),
    });
    const text = isSlow ? await readSlowly(response) : await response.text();
    if (!response.ok) {
      throw new Error(`${response.status} ${text}`);
    }

    return (JSON.parse(text) as {reward: number}).reward;
  } catch (error) {
    if (signal?.aborted) {
      return undefined;
    }

    throw error;
  }
}

async function readSlowly(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body!) {
    for (let at = 0; at < chunk.length; at += pieceBytes) {
      text += decoder.decode(chunk.subarray(at, at + pieceBytes), {stream: true});
      await sleep(pauseMilliseconds);
    }
  }

  return text;
}
