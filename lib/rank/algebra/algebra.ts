import {z} from 'zod';
import {InvalidInputError} from '../../errors/invalid-input-error.js';
import {check} from '../../utils/check.js';
import {TimedWorker, TimeLimitError} from '../../utils/timed-worker.js';
import {answerKey} from '../equality/answer-key.js';
import {sameAnswer} from '../equality/same-answer.js';

/** How answers are compared by a computer algebra library. */
export interface AlgebraOptions {
  /** How long a comparison may take, in milliseconds; 2000 if left out. One that takes longer is undecided. */
  timeLimit?: number | undefined;
}

const optionsSchema = z.strictObject({
  timeLimit: z
    .number()
    .positive()
    .max(2 ** 31 - 1)
    .default(2000),
});
/** In MiB. The library takes about 40 itself. */
const memoryLimit = 512;

/**
 * Opens the computer algebra library `@cortex-js/compute-engine`, an optional peer dependency, in a thread of its own,
 * to tell that 2√3 is √12 and that x + y is y + x.
 *
 * @param options - a time limit
 * @returns what compares answers, to be closed when it is no longer needed; it keeps no process alive
 * @throws {@link InvalidInputError} if the library is not installed
 */
export async function openAlgebra(options: AlgebraOptions = {}): Promise<Algebra> {
  const {timeLimit} = check(optionsSchema, options, "openAlgebra's options");
  const worker = new TimedWorker<[string, string], boolean>(import.meta.url, 'algebra-worker', {
    timeLimit,
    memoryLimit,
  });
  try {
    await worker.run(['1', '1']);
  } catch (error) {
    await worker.close();
    throw new InvalidInputError(
      'Symbolic equality needs the computer algebra library @cortex-js/compute-engine, which could not be loaded. ' +
        'Install it beside implicit-prm: npm install @cortex-js/compute-engine',
      {cause: error},
    );
  }

  return new Algebra(worker);
}

/**
 * Compares answers by algebra where {@link sameAnswer} says that they differ: formulas are the same if they are equal
 * for every value of their variables, equations if one is a multiple of the other, linear inequalities if their solutions
 * are; lists element by element. Numbers have to agree to nine digits. What the library does not understand, or has not
 * decided within the time limit, is not the same.
 */
export class Algebra implements AsyncDisposable {
  readonly #worker: TimedWorker<[string, string], boolean>;
  #undecided = 0;

  /** @internal Opened by {@link openAlgebra}. */
  constructor(worker: TimedWorker<[string, string], boolean>) {
    this.#worker = worker;
  }

  /** How many comparisons were given up, for time or memory, or because the library failed. */
  get undecided(): number {
    return this.#undecided;
  }

  /**
   * Tells whether two answers are the same. Symmetric and reflexive, but not always transitive: {@link among} makes an
   * equivalence.
   *
   * @param a - an answer
   * @param b - another answer
   * @param options - `signal` gives up
   * @throws {@link InvalidInputError} if one is no string; the reason of an abort
   */
  async same(a: string, b: string, {signal}: {signal?: AbortSignal | undefined} = {}): Promise<boolean> {
    signal?.throwIfAborted();
    if (sameAnswer(a, b)) {
      return true;
    }

    try {
      // In one order, so that it is symmetric.
      return await this.#worker.run(a < b ? [a, b] : [b, a], signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof TimeLimitError || error instanceof Error) {
        this.#undecided++;
        return false;
      }

      throw error;
    }
  }

  /**
   * Sorts answers into groups of the same, for what has to compare at once: `vote` and `evaluateBestOfN`. Each answer
   * joins the first group whose first member is the same.
   *
   * @param answers - all that will be compared, `null` for none
   * @param options - `signal` gives up
   * @returns a comparer, an equivalence; answers that were not among these are compared by {@link sameAnswer}
   * @throws as {@link same}
   */
  async among(
    answers: Iterable<string | null>,
    options: {signal?: AbortSignal | undefined} = {},
  ): Promise<(a: string, b: string) => boolean> {
    /** For each key the key of its group. */
    const groups = new Map<string, string>();
    const firsts: {key: string; answer: string}[] = [];
    for (const answer of answers) {
      const key = answer === null ? undefined : answerKey(answer);
      if (answer === null || key === undefined || groups.has(key)) {
        continue;
      }

      const first = await this.#firstSame(firsts, answer, options);
      groups.set(key, first?.key ?? key);
      if (!first) {
        firsts.push({key, answer});
      }
    }

    const groupOf = (answer: string) => {
      const key = answerKey(answer);
      return groups.get(key) ?? key;
    };
    return (a, b) => groupOf(a) === groupOf(b);
  }

  /** Ends the thread. Comparisons under way are undecided. */
  async close(): Promise<void> {
    await this.#worker.close();
  }

  /** The same as {@link Algebra.close}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #firstSame<First extends {answer: string}>(
    firsts: readonly First[],
    answer: string,
    options: {signal?: AbortSignal | undefined},
  ): Promise<First | undefined> {
    for (const first of firsts) {
      if (await this.same(first.answer, answer, options)) {
        return first;
      }
    }

    return undefined;
  }
}
