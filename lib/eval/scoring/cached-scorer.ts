import {createHash} from 'node:crypto';
import type {Pair} from '../../pair/pair.js';
import {scoreSteps} from '../../score/score-steps.js';
import type {ScoreOptions} from '../../score/score-types.js';
import type {Prompt} from '../../text/prompt.js';
import type {ScoreCache, TokenScores} from './score-cache.js';

/** What to stop the scoring with, and whom to tell of it. */
type Watching = Pick<ScoreOptions, 'signal' | 'onProgress'>;

/** What a response answers, and how. */
interface Responses {
  prompt: Prompt;
  responses: readonly string[];
  /** Whether they have come to their ends; `true` if left out. */
  complete?: boolean;
}

/** Scores responses with a pair, but those that a cache knows without: if it knows all, the pair is never opened. */
export class CachedScorer {
  readonly #cache: ScoreCache | undefined;
  readonly #open: () => Promise<Pair>;
  #pair: Promise<Pair> | undefined;
  #scored = 0;

  /**
   * @param cache - closed by this scorer; may be left out
   * @param open - opens the pair that the cache is of; called at most once, and with the β of its metadata
   */
  constructor(cache: ScoreCache | undefined, open: () => Promise<Pair>) {
    this.#cache = cache;
    this.#open = open;
  }

  /** How many responses models had to be run for. */
  get scored(): number {
    return this.#scored;
  }

  /** The pair's own β. */
  async beta(): Promise<number> {
    const known = await this.#cache?.beta();
    if (known !== undefined) {
      return known;
    }

    const {beta} = (await this.#openOnce()).info;
    await this.#cache?.setBeta(beta);
    return beta;
  }

  /**
   * Finds the log-probabilities of responses to one prompt. Those that are not known are scored in one go.
   *
   * @returns them in the order of the responses
   */
  async score(
    {prompt, responses, complete = true}: Responses,
    watching: Watching = {},
  ): Promise<TokenScores[]> {
    const keyOf = (response: string) => keyOfResponse({prompt, response, complete});
    const found = new Map<string, TokenScores>();
    for (const text of new Set(responses)) {
      const scores = await this.#cache?.get(keyOf(text));
      if (scores !== undefined) {
        found.set(text, scores);
      }
    }

    const missing = [...new Set(responses)].filter(text => !found.has(text));
    if (missing.length > 0) {
      const results = await scoreSteps(
        await this.#openOnce(),
        {prompt, responses: missing, complete},
        watching,
      );
      // Together, so that they go to the disk at once.
      await Promise.all(results.map(async ({response, tokens}) => this.#cache?.set(keyOf(response), tokens)));
      for (const {response, tokens} of results) {
        const {starts, policyLogprobs, referenceLogprobs} = tokens;
        found.set(response, {starts, policyLogprobs, referenceLogprobs});
      }

      this.#scored += results.length;
    }

    return responses.map(text => found.get(text)!);
  }

  /** Closes the cache, and the pair if it was opened. */
  async close(): Promise<void> {
    await this.#cache?.close();
    // If it could not be opened somebody else has been told.
    await (await this.#pair?.catch(() => undefined))?.close();
  }

  async #openOnce(): Promise<Pair> {
    this.#pair ??= this.#open();
    return this.#pair;
  }
}

/** Special tokens in the response count as text; steps make no difference to log-probabilities. */
function keyOfResponse(response: {prompt: Prompt; response: string; complete: boolean}): string {
  // Token ids may come as a typed array, which JSON would make an object of.
  const json = JSON.stringify(response, (_key, value) =>
    ArrayBuffer.isView(value) ? Array.from(value as Int32Array) : value,
  );
  return createHash('sha256').update(json).digest('base64url');
}
