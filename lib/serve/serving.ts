import type {Server} from 'node:http';
import {createAdaptorServer} from '@hono/node-server';
import type {Pair} from '../pair/pair.js';
import {createApp} from './app.js';
import type {App} from './http/serve-env.js';
import {Served} from './served.js';
import type {CheckedServerOptions} from './server-options.js';

/** How long an idle connection is kept, in milliseconds: longer than load balancers do, so that it is never they who lose. */
const keepAlive = 65_000;

/** The routes of a server and what they share. Whoever has no server does not load it, nor the packages that it needs. */
export class Serving {
  readonly #served: Served;
  readonly #app: App;

  /**
   * @param pair - open, or the promise of one
   * @param options - with defaults filled in
   */
  constructor(pair: Pair | Promise<Pair>, options: CheckedServerOptions) {
    this.#served = new Served(options);
    this.#app = createApp(this.#served);
    if (pair instanceof Promise) {
      // Whoever opens it hears of it if it fails.
      pair.then(opened => this.#served.begin(opened)).catch(() => undefined);
    } else {
      this.#served.begin(pair);
    }
  }

  /** Answers one request. */
  async fetch(request: Request): Promise<Response> {
    return this.#app.fetch(request, {});
  }

  /** Makes a server of Node's that answers requests. It does not listen yet. */
  createServer(): Server {
    const server = createAdaptorServer({
      // What it is made to wait for is for the routes to say, which know what is a fault and whose.
      fetch: this.#app.fetch,
      overrideGlobalObjects: false,
    }) as Server;
    // Otherwise a connection could be closed for its headers' sake that was kept for the next request.
    return Object.assign(server, {keepAliveTimeout: keepAlive, headersTimeout: keepAlive + 1000});
  }

  /** No further requests are wanted. */
  end(): void {
    this.#served.end();
  }
}
