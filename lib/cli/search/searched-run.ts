import {access} from 'node:fs/promises';
import {isDeepStrictEqual} from 'node:util';
import {readSearchedProblem, type SearchedProblem, SearchTally} from '../../eval/search/tally.js';
import {fileError} from '../../utils/file-error.js';
import {takeRecords} from '../run/take-records.js';
import type {SearchedRun} from './table.js';

/** Sums up the results of a run, one at a time. */
export class RunSummary {
  readonly #tally = new SearchTally();
  #first: SearchedProblem | undefined;
  #same = {method: true, n: true, budget: true};

  /** Takes a line that was written. */
  add(bytes: Uint8Array): void {
    const problem = readSearchedProblem(bytes);
    this.#first ??= problem;
    for (const name of ['method', 'n', 'budget'] as const) {
      this.#same[name] &&= isDeepStrictEqual(problem[name], this.#first[name]);
    }

    this.#tally.add(problem);
  }

  /**
   * @param file - what the results are of
   * @returns nothing if there are no results
   */
  summary(file: string, skipped: number): SearchedRun | undefined {
    if (this.#first === undefined) {
      return undefined;
    }

    const {method, n, budget = null} = this.#first;
    return {
      file,
      method: this.#same.method ? method : null,
      n: this.#same.n ? n : null,
      budget: this.#same.budget ? budget : null,
      skipped,
      ...this.#tally.evaluate({resamples: 2000, seed: 0}),
    };
  }
}

/**
 * Sums up what `search --output` wrote.
 *
 * @throws an error that names the file, if it is of anything else or has no result in it
 */
export async function readSearchedRun(file: string, signal: AbortSignal): Promise<SearchedRun> {
  await access(file).catch((error: unknown) => {
    throw fileError(`cannot read ${file}`, error);
  });
  const results = new RunSummary();
  const {skipped} = await takeRecords(file, signal, bytes => results.add(bytes));
  const run = results.summary(file, skipped);
  if (run === undefined) {
    throw new Error(`cannot use ${file}: there is no result in it`);
  }

  return run;
}
