import {readFileSync} from 'node:fs';
import {createServer, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {setTimeout} from 'node:timers/promises';

/** What the server answers a path with: bytes, or whatever a function does. */
export type Answer = Uint8Array | ((response: ServerResponse) => void | Promise<void>);

export interface ModelServer {
  url: string;
  /** What was asked for with GET so far. */
  requests: string[];
  /** May be changed at any time. */
  answers: Map<string, Answer>;
  close(): Promise<void>;
}

/** Serves models on this machine; a path without an answer is not found. */
export async function serveModels(answers: Record<string, Answer>): Promise<ModelServer> {
  const requests: string[] = [];
  const byPath = new Map(Object.entries(answers));
  const server = createServer(async ({method, url}, response) => {
    const answer = byPath.get(new URL(url!, 'http://localhost').pathname);
    if (method === 'HEAD') {
      response.writeHead(answer ? 200 : 404).end();
      return;
    }

    requests.push(url!);
    if (answer === undefined) {
      response.writeHead(404).end('Not here');
    } else if (typeof answer === 'function') {
      await answer(response);
    } else {
      response.writeHead(200, {'content-length': answer.length}).end(answer);
    }
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const {port} = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    answers: byPath,
    async close() {
      server.closeAllConnections();
      await new Promise(resolve => {
        server.close(resolve);
      });
    },
  };
}

/** Answers with a file bit by bit, over some seconds. */
export function slowly(file: string): Answer {
  return async response => {
    const bytes = readFileSync(file);
    response.writeHead(200, {'content-length': bytes.length});
    for (let start = 0; start < bytes.length && !response.destroyed; start += 100_000) {
      response.write(bytes.subarray(start, start + 100_000));
      await setTimeout(50);
    }

    response.end();
  };
}

/** Promises a file, but hangs up in the middle of it. */
export function hangingUp(file: string): Answer {
  return async response => {
    const bytes = readFileSync(file);
    response.writeHead(200, {'content-length': bytes.length});
    response.write(bytes.subarray(0, bytes.length / 2));
    await setTimeout(50);
    response.destroy();
  };
}
