import {
  bundledPair,
  createServer,
  openPair,
  type Pair,
  type PrmServer,
  type ServerOptions,
} from '../../lib/index.js';
import type {ErrorBody} from '../../lib/serve/http/error-answer.js';

/** An answer with its body read. */
export interface Answer<Body> {
  status: number;
  headers: Headers;
  text: string;
  /** What JSON makes of the body, `undefined` for a body of another type. Trusted to be what the test says it is. */
  json: Body;
}

/** How to ask a server. */
export interface Asking {
  url: string;
  get<Body = unknown>(path: string, headers?: Record<string, string>): Promise<Answer<Body>>;
  /** Sends a body as JSON; a string as it is. */
  post<Body = unknown>(path: string, body: unknown, init?: RequestInit): Promise<Answer<Body>>;
  /** Sends what is to be refused. */
  wrong(path: string, body: unknown, init?: RequestInit): Promise<Refusal>;
}

/** A server that listens. */
export interface Serving extends Asking {
  server: PrmServer;
}

/** What is told of a request that is refused. */
export type Refusal = ErrorBody['error'] & {status: number; headers: Headers};

/** The bundled pair, on one thread. */
export async function openBundled(): Promise<Pair> {
  return openPair({...bundledPair(), gpu: false, threads: 1});
}

/** Serves a pair on a free port, hands the server over and closes it. */
export async function serving<T>(
  pair: Pair | Promise<Pair>,
  options: ServerOptions,
  use: (serving: Serving) => Promise<T>,
): Promise<T> {
  await using server = createServer(pair, options);
  const {url} = await server.listen();
  return await use({server, ...asking(url)});
}

/** How to ask the server at an address. */
export function asking(url: string): Asking {
  const post = async <Body>(path: string, body: unknown, init: RequestInit = {}) =>
    ask<Body>(url + path, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...init,
      headers: {'content-type': 'application/json', ...init.headers},
    });
  return {
    url,
    get: async (path, headers = {}) => ask(url + path, {headers}),
    post,
    async wrong(path, body, init) {
      const {json, status, headers} = await post<ErrorBody>(path, body, init);
      return {...json.error, status, headers};
    },
  };
}

async function ask<Body>(url: string, init: RequestInit): Promise<Answer<Body>> {
  const response = await fetch(url, init);
  const {status, headers} = response;
  const text = await response.text();
  const isJson = headers.get('content-type')?.startsWith('application/json') ?? false;
  return {status, headers, text, json: isJson ? JSON.parse(text) : undefined};
}
