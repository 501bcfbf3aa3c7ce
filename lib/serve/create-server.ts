import type {Pair} from '../pair/pair.js';
import {check} from '../utils/check.js';
import {Connections} from './connections.js';
import {type ListenOptions, listen, listenSchema, type ServerAddress} from './listen.js';
import {requireKeyFor} from './local-host.js';
import {type CheckedServerOptions, type ServerOptions, serverOptionsSchema} from './server-options.js';
import type {Serving} from './serving.js';

/** An HTTP server of a pair. Made by {@link createServer}. */
export class PrmServer implements AsyncDisposable {
  readonly #serving: Promise<Serving>;
  readonly #apiKey: string | undefined;
  #connections: Connections | undefined;

  /** @internal */
  constructor(pair: Pair | Promise<Pair>, options: CheckedServerOptions) {
    // The web framework takes as long to load as the rest of the library, which most use without a server.
    this.#serving = import('./serving.js').then(({Serving}) => new Serving(pair, options));
    this.#apiKey = options.apiKey;
  }

  /**
   * Answers one request, in whatever server there is already.
   *
   * @param request - of the web's `fetch`; its signal stops the work
   */
  async fetch(request: Request): Promise<Response> {
    const serving = await this.#serving;
    return serving.fetch(request);
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
    const serving = await this.#serving;
    const server = serving.createServer();
    this.#connections = new Connections(server);
    return listen(server, {host, port});
  }

  /**
   * Takes no more connections, answers what has come, and closes. The pair stays open. May be called again.
   */
  async close(): Promise<void> {
    const serving = await this.#serving;
    serving.end();
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
  const checked = check(serverOptionsSchema, options, "createServer's options");
  if (pair instanceof Promise) {
    // It may fail before anybody here listens; whoever opens it hears of it.
    pair.catch(() => undefined);
  }

  return new PrmServer(pair, checked);
}
