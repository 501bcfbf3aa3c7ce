import type {Server} from 'node:http';
import {createAdaptorServer} from '@hono/node-server';
import type {Pair} from '../pair/pair.js';
import {check} from '../utils/check.js';
import {createApp} from './app.js';
import {Connections} from './connections.js';
import type {App} from './http/serve-env.js';
import {type ListenOptions, listen, listenSchema, type ServerAddress} from './listen.js';
import {requireKeyFor} from './local-host.js';
import {Served} from './served.js';
import {type ServerOptions, serverOptionsSchema} from './server-options.js';

/** How long an idle connection is kept, in milliseconds: longer than load balancers do, so that it is never they who lose. */
const keepAlive = 65_000;

/** An HTTP server of a pair. Made by {@link createServer}. */
export class PrmServer implements AsyncDisposable {
  readonly #served: Served;
  readonly #app: App;
  readonly #apiKey: string | undefined;
  #connections: Connections | undefined;

  /** @internal */
  constructor(served: Served) {
    this.#served = served;
    this.#app = createApp(served);
    this.#apiKey = served.options.apiKey;
  }

  /**
   * Answers one request, in whatever server there is already.
   *
   * @param request - of the web's `fetch`; its signal stops the work
   */
  async fetch(request: Request): Promise<Response> {
    return this.#app.fetch(request, {});
  }

  /**
   * Listens on a port of its own.
   *
   * @param options - where: on 127.0.0.1 and any free port unless told otherwise
   * @returns the address, once requests are taken
   * @throws {@link InvalidInputError} for a host that others can reach and no `apiKey`; the system's error if the port
   * cannot be had
   */
  async listen(options: ListenOptions = {}): Promise<ServerAddress> {
    const {host, port} = check(listenSchema, options, "listen's options");
    requireKeyFor(host, this.#apiKey);
    const server = createAdaptorServer({
      // What it is made to wait for is for the routes to say, which know what is a fault and whose.
      fetch: this.#app.fetch,
      overrideGlobalObjects: false,
    }) as Server;
    // Otherwise a connection could be closed for its headers' sake that was kept for the next request.
    Object.assign(server, {keepAliveTimeout: keepAlive, headersTimeout: keepAlive + 1000});
    this.#connections = new Connections(server);
    return listen(server, {host, port});
  }

  /**
   * Takes no more connections, answers what has come, and closes. The pair stays open. May be called again.
   */
  async close(): Promise<void> {
    this.#served.end();
    await this.#connections?.close();
  }

  /** The same as {@link PrmServer.close}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/**
 * Makes an HTTP server of a pair: step rewards, log-probabilities of either model in the ways of OpenAI and vLLM, and what
 * trainers ask reward models for. The routes are in docs/server.md, and as OpenAPI at `/openapi.json`.
 *
 * @param pair - an open pair, which stays the caller's to close; or the promise of one: until it is there requests are
 * answered with 503
 * @param options - the key, limits, and what is taken for a reward
 * @throws {@link InvalidInputError} for wrong options
 */
export function createServer(pair: Pair | Promise<Pair>, options: ServerOptions = {}): PrmServer {
  const served = new Served(check(serverOptionsSchema, options, "createServer's options"));
  if (pair instanceof Promise) {
    // Whoever opens it hears of it if it fails.
    pair.then(opened => served.begin(opened)).catch(() => undefined);
  } else {
    served.begin(pair);
  }

  return new PrmServer(served);
}
