import type {z} from 'zod';
import {type TokenUsage, tokenUsage} from '../engine/token-usage.js';
import {InvalidInputError} from '../errors/invalid-input-error.js';
import {PairClosedError} from '../errors/pair-closed-error.js';
import {showValue} from '../errors/show-value.js';
import {betaWeights} from '../reward/beta-schedule.js';
import {checkLength} from '../score/check-length.js';
import {type ResponseLogprobs, scoreResponse} from '../score/score-response.js';
import {promptSchema, responseSchema, scoreOptionsSchema} from '../score/score-schema.js';
import type {ScoredResponse, ScoredStep, ScoreOptions} from '../score/score-types.js';
import type {ScoringPair} from '../score/scoring-pair.js';
import type {StepSpan} from '../steps/step-span.js';
import type {Prompt} from '../text/prompt.js';
import type {TokenisedResponse} from '../text/tokenised-response.js';
import {check} from '../utils/check.js';

/** How a session turns log-probabilities into rewards: as `scoreSteps` does, the steps being what is appended. */
export type SessionOptions = Omit<ScoreOptions, 'split' | 'signal' | 'onProgress'>;

/** A response as far as it has come. Never changed: forks and rewinding share states. */
interface State {
  response: string;
  spans: readonly StepSpan[];
  tokenised: TokenisedResponse | undefined;
  logprobs: ResponseLogprobs | undefined;
  usage: TokenUsage;
}

const noResponse: State = {
  response: '',
  spans: [],
  tokenised: undefined,
  logprobs: undefined,
  usage: {evaluated: 0, reused: 0},
};

const sessionOptionsSchema = scoreOptionsSchema.omit({split: true, signal: true, onProgress: true});

/**
 * A response that grows step by step, scored as it grows: for streams, and for searches that try several steps. Made by
 * {@link Pair.session}.
 *
 * Appending a text in pieces gives the tokens and numbers of scoring it whole. What the pair's cache still holds is not
 * evaluated again; where the seam of two pieces makes other tokens of the earlier one's end, these few are.
 */
export class Session {
  readonly #pair: ScoringPair;
  readonly #prompt: Prompt;
  readonly #options: z.output<typeof sessionOptionsSchema>;
  /** The state after each number of steps, the first with none. */
  #states: readonly State[];
  #last: Promise<unknown> = Promise.resolve();
  #pending = 0;
  #closed = false;

  /** @internal */
  constructor(
    pair: ScoringPair,
    prompt: Prompt,
    options: SessionOptions = {},
    states: readonly State[] = [noResponse],
  ) {
    this.#pair = pair;
    this.#prompt = check(promptSchema, prompt, "session's prompt");
    this.#options = check(sessionOptionsSchema, options, "session's options");
    // Fails now rather than after the models have run, if the schedule is none.
    betaWeights(this.#options.betaSchedule ?? 'constant', 1);
    this.#states = states;
  }

  /** The text appended so far. */
  get response(): string {
    return this.#state.response;
  }

  /** The number of steps appended so far. */
  get length(): number {
    return this.#states.length - 1;
  }

  /** Tokens evaluated and reused since the session, or the one it was forked from, began. */
  get usage(): TokenUsage {
    return this.#state.usage;
  }

  /**
   * The response so far with its rewards, as `scoreSteps` would score it with `complete: false`. White space that a later
   * step brought along in front belongs to the step before it, and the first token of a step may change the last of the
   * one before: so earlier rewards may differ a little from what {@link append} gave.
   *
   * @throws {@link InvalidInputError} if nothing was appended yet
   */
  get scored(): ScoredResponse {
    const {response, spans, tokenised, logprobs, usage} = this.#state;
    if (!tokenised || !logprobs) {
      throw new InvalidInputError('The session has no step yet: append one.');
    }

    const beta = this.#options.beta ?? this.#pair.info.beta;
    const scored = scoreResponse({response, spans: [...spans]}, tokenised, logprobs, {
      ...this.#options,
      beta,
    });
    return {...scored, usage};
  }

  /**
   * Adds a step to the response and scores it.
   *
   * @param text - the step, with the separators before or behind it if there are any: nothing is put in between
   * @returns the new step
   * @throws as `scoreSteps`; the session is then as it was before
   */
  async append(text: string, {signal}: {signal?: AbortSignal | undefined} = {}): Promise<ScoredStep> {
    this.#requireOpen();
    check(responseSchema, text, "session's append");
    return this.#enqueue(async () => {
      const state = await this.#extend(text, false, signal);
      this.#states = [...this.#states, state];
      return this.scored.steps.at(-1)!;
    });
  }

  /**
   * Scores the response as a finished one, with its end-of-turn token. The session itself stays as it is and may go on.
   *
   * @returns what `scoreSteps` gives for the whole response
   */
  async finish({signal}: {signal?: AbortSignal | undefined} = {}): Promise<ScoredResponse> {
    this.#requireOpen();
    return this.#enqueue(async () => {
      const state = await this.#extend('', true, signal);
      return new Session(this.#pair, this.#prompt, this.#options, [state]).scored;
    });
  }

  /** Another session that has come as far as this one and goes on by itself. Evaluates nothing. */
  fork(): Session {
    this.#requireOpen();
    return new Session(this.#pair, this.#prompt, this.#options, this.#states);
  }

  /**
   * Goes back to an earlier step. Evaluates nothing.
   *
   * @param steps - how many steps to keep, 0 … `length`
   */
  rewind(steps: number): void {
    this.#requireOpen();
    if (!Number.isInteger(steps) || steps < 0 || steps > this.length) {
      throw new InvalidInputError(
        `rewind takes the number of steps to keep, 0 to ${this.length}, not ${showValue(steps)}.`,
      );
    }

    if (this.#pending > 0) {
      throw new InvalidInputError('The session is at work: await append before rewind.');
    }

    this.#states = this.#states.slice(0, steps + 1);
  }

  /** Ends the session. The pair stays open. */
  close(): void {
    this.#closed = true;
  }

  get #state(): State {
    return this.#states.at(-1)!;
  }

  async #extend(text: string, complete: boolean, signal: AbortSignal | undefined): Promise<State> {
    const before = this.#state;
    const response = before.response + text;
    const {allowSpecialTokens, templateArguments, date} = this.#options;
    const [tokenised] = await this.#pair.tokeniser.tokenise(this.#prompt, [response], {
      ...{complete, allowSpecialTokens, templateArguments, date, signal},
      contextSize: this.#pair.info.contextSize,
      // What the first step began with goes on: another rendering would change the tokens of all steps before.
      rendering: before.tokenised?.rendering ?? this.#options.rendering,
    });
    checkLength(tokenised!, this.#pair.info.contextSize, 'The response');
    const known = knownTokens(before.tokenised, tokenised!);
    const sequence = {tokens: tokenised!.tokens, from: tokenised!.promptLength + known};
    const result = await this.#pair.engine.logprobs([sequence], {signal});
    const {evaluated, reused} = tokenUsage(result, 0, sequence);
    return {
      response,
      spans: text === '' ? before.spans : [...before.spans, spanOf(text, before.response.length)],
      tokenised: tokenised!,
      logprobs: {
        policyLogprobs: joined(before.logprobs?.policyLogprobs, known, result.policy[0]!),
        referenceLogprobs:
          result.reference &&
          joined(before.logprobs?.referenceLogprobs ?? undefined, known, result.reference[0]!),
      },
      usage: {evaluated: before.usage.evaluated + evaluated, reused: before.usage.reused + reused},
    };
  }

  /** One after the other, in the order of the calls; what one throws is no matter of the next. */
  async #enqueue<T>(task: () => Promise<T>): Promise<T> {
    this.#pending++;
    const result = this.#last.then(task).finally(() => {
      this.#pending--;
    });
    this.#last = result.catch(() => undefined);
    return result;
  }

  #requireOpen(): void {
    if (this.#closed) {
      throw new PairClosedError('The session is closed: make another one with pair.session().');
    }
  }
}

/** How many of the response's tokens are the same as before, so that their log-probabilities hold. */
function knownTokens(before: TokenisedResponse | undefined, after: TokenisedResponse): number {
  if (before?.promptLength !== after.promptLength) {
    return 0;
  }

  const end = Math.min(before.tokens.length, after.tokens.length - 1);
  let same = 0;
  while (same < end && before.tokens[same] === after.tokens[same]) {
    same++;
  }

  return Math.max(0, same - after.promptLength);
}

function joined(before: Float32Array | undefined, known: number, added: Float32Array): Float32Array {
  const all = new Float32Array(known + added.length);
  all.set(before?.subarray(0, known) ?? []);
  all.set(added, known);
  return all;
}

/** Where a step lies that is appended at `offset`, the white space around it left out. */
function spanOf(text: string, offset: number): StepSpan {
  const trimmed = text.trim();
  const start = offset + text.indexOf(trimmed);
  return {text: trimmed, start, end: start + trimmed.length};
}
