import type {Server} from 'node:http';
import type {Socket} from 'node:net';

/** The connections of a server, and how many requests each has under way. */
export class Connections {
  readonly #server: Server;
  readonly #requests = new Map<Socket, number>();
  #isClosing = false;

  /** @param server - one that does not listen yet */
  constructor(server: Server) {
    this.#server = server;
    server.on('connection', socket => {
      this.#requests.set(socket, 0);
      socket.once('close', () => this.#requests.delete(socket));
    });
    server.on('request', ({socket}, response) => {
      this.#count(socket, 1);
      response.once('close', () => this.#count(socket, -1));
    });
  }

  /**
   * Takes no more connections and waits for the requests that have come. Whatever has none is closed: Node itself would wait
   * a minute for a connection that has not sent any yet.
   */
  async close(): Promise<void> {
    this.#isClosing = true;
    // An error says that it is closed already.
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()));
    for (const socket of this.#requests.keys()) {
      this.#count(socket, 0);
    }

    await closed;
  }

  #count(socket: Socket, change: number): void {
    const requests = (this.#requests.get(socket) ?? 0) + change;
    if (this.#requests.has(socket)) {
      this.#requests.set(socket, requests);
    }

    if (this.#isClosing && requests === 0) {
      socket.destroySoon();
    }
  }
}
