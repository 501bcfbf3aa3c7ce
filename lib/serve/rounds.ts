import {onAbort} from '../utils/on-abort.js';

/** Who waits for a turn. */
interface Waiting {
  tokens: Int32Array;
  begin: () => void;
  isGone: boolean;
}

/**
 * Has tasks run so many at a time. Those that wait have their turns in rounds: a round is all that waits when it begins,
 * in the order of its tokens. So what begins alike is evaluated one after the other, while the engine still holds what it
 * has in common, and nobody is passed over for longer than a round.
 */
export class Rounds {
  readonly #atOnce: number;
  /** The current round, the next to begin last. */
  #round: Waiting[] = [];
  #next: Waiting[] = [];
  #running = 0;

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  /**
   * Runs a task in its turn.
   *
   * @param tokens - what its place in a round goes by
   * @param signal - gives up waiting: the promise is rejected with its reason
   */
  async run<T>(tokens: Int32Array, signal: AbortSignal | undefined, task: () => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    await this.#turn(tokens, signal);
    try {
      return await task();
    } finally {
      this.#running--;
      this.#beginNext();
    }
  }

  async #turn(tokens: Int32Array, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {tokens, isGone: false, begin: () => undefined};
      const stopListening = onAbort(signal, () => {
        waiting.isGone = true;
        reject(signal!.reason);
      });
      waiting.begin = () => {
        stopListening();
        resolve();
      };
      this.#next.push(waiting);
      this.#beginNext();
    });
  }

  #beginNext(): void {
    while (this.#running < this.#atOnce) {
      const waiting = this.#take();
      if (!waiting) {
        return;
      }

      if (!waiting.isGone) {
        this.#running++;
        waiting.begin();
      }
    }
  }

  #take(): Waiting | undefined {
    if (this.#round.length === 0) {
      this.#round = this.#next.toSorted((one, other) => compare(other.tokens, one.tokens));
      this.#next = [];
    }

    return this.#round.pop();
  }
}

/** As words are compared in a dictionary. */
function compare(one: Int32Array, other: Int32Array): number {
  const length = Math.min(one.length, other.length);
  for (let index = 0; index < length; index++) {
    if (one[index] !== other[index]) {
      return one[index]! - other[index]!;
    }
  }

  return one.length - other.length;
}
