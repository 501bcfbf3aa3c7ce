import {onAbort} from '../on-abort.js';

/** A request that waits for its turn. */
interface Waiting {
  model: string;
  start: () => void;
}

/**
 * The way to one URL: several requests at a time, but of one model only. Where an adapter and its base are evaluated in
 * one batch some servers apply the adapter to both, see docs/remote.md.
 */
export class Lane {
  readonly #width: number;
  readonly #waiting: Waiting[] = [];
  #model = '';
  #running = 0;
  /** How many have been let in since the model last changed. */
  #admitted = 0;

  /** @param width - the most requests at a time */
  constructor(width: number) {
    this.#width = width;
  }

  /** Does work for a model once it is its turn. Work whose signal fires while it waits is never begun. */
  async run<T>(model: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.#turn(model, signal);
    try {
      return await work();
    } finally {
      this.#running--;
      this.#admit();
    }
  }

  async #turn(model: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    let takeBack = () => {};
    const turn = new Promise<void>((resolve, reject) => {
      const waiting: Waiting = {model, start: resolve};
      takeBack = onAbort(signal, () => {
        const place = this.#waiting.indexOf(waiting);
        if (place !== -1) {
          this.#waiting.splice(place, 1);
          reject(signal.reason);
          this.#admit();
        }
      });
      this.#waiting.push(waiting);
      this.#admit();
    });
    await turn.finally(takeBack);
  }

  #admit(): void {
    while (this.#running < this.#width && this.#waiting.length > 0) {
      const next = this.#next();
      if (next === -1) {
        return;
      }

      const [{model, start}] = this.#waiting.splice(next, 1) as [Waiting];
      this.#admitted = model === this.#model ? this.#admitted + 1 : 1;
      this.#model = model;
      this.#running++;
      start();
    }
  }

  /** The first of the model that is at it, unless it has had its share while another waits; −1 for nobody yet. */
  #next(): number {
    const same = this.#waiting.findIndex(({model}) => model === this.#model);
    const other = this.#waiting.findIndex(({model}) => model !== this.#model);
    const mayGoOn = same !== -1 && (other === -1 || this.#admitted < 4 * this.#width);
    if (mayGoOn) {
      return same;
    }

    return this.#running === 0 ? other : -1;
  }
}
