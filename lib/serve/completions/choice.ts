import type {LikeliestTokens} from '../../engine/engine.js';
import type {Choice} from './schema.js';

/** A prompt as the model sees it. */
export interface CompletionPrompt {
  tokens: Int32Array;
  text: string;
  /** For each token how many characters, counted as Python counts them, come before it. */
  offsets: readonly number[];
}

/** What one model says of a prompt of n tokens, in nats. */
export interface PromptLogprobs {
  /** Of tokens 1 … n−1. */
  logprobs: Float32Array;
  /** The most probable tokens at places 1 … n, if they were asked for. */
  likeliest: LikeliestTokens | undefined;
}

/** What of it is told, and how. */
export interface ChoiceOptions {
  echo: boolean;
  /** How many alternatives are asked for in `logprobs`; `undefined` for none of it. */
  logprobs: number | undefined;
  /** The same of `prompt_logprobs`. */
  promptLogprobs: number | undefined;
  /** Whether the most probable next token is to follow the prompt. */
  generates: boolean;
  /** Whether to give the numbers of tokens too. */
  tokenIds: boolean;
  /** Whether to write `token_id:83` in place of the texts of tokens. */
  asTokenIds: boolean;
}

/** What JSON has for no probability at all: it knows no infinity. The value is vLLM's. */
const leastLogprob = -9999;

/** Whether the most probable tokens have to be known for this. */
export function wantsLikeliest({logprobs, promptLogprobs, generates}: ChoiceOptions): boolean {
  return generates || (logprobs ?? 0) > 0 || (promptLogprobs ?? 0) > 0;
}

/**
 * Tells what a model says of a prompt in the way of vLLM: for each place the prompt's own token and, if alternatives are
 * asked for, the most probable one, of which the last stands behind the end.
 *
 * @param textOf - the text of a token by itself
 */
export function choiceOf(
  index: number,
  prompt: CompletionPrompt,
  said: PromptLogprobs,
  textOf: (token: number) => string,
  options: ChoiceOptions,
): Choice {
  const {tokens, text} = prompt;
  const next = options.generates ? said.likeliest!.tokens.at(-1)! : undefined;
  const {echo, logprobs, promptLogprobs, tokenIds} = options;
  return {
    index,
    text: (echo ? text : '') + (next === undefined ? '' : textOf(next)),
    logprobs: logprobs === undefined ? null : openAiLogprobs(prompt, said, textOf, {...options, logprobs}),
    finish_reason: 'length',
    stop_reason: null,
    token_ids: tokenIds ? (next === undefined ? [] : [next]) : null,
    prompt_logprobs: promptLogprobs === undefined ? null : byToken(prompt, said, textOf, promptLogprobs),
    prompt_token_ids: tokenIds ? Array.from(tokens) : null,
  };
}

/** One place: the token that stands there, and the most probable one. */
interface Place {
  token: number;
  logprob: number;
  likeliest: {token: number; logprob: number} | undefined;
}

/** Place 1 … n−1 of a prompt, or n: there the most probable token is the one that stands. */
function placeAt(index: number, {tokens}: CompletionPrompt, {logprobs, likeliest}: PromptLogprobs): Place {
  const best = likeliest && {
    token: likeliest.tokens[index - 1]!,
    logprob: finite(likeliest.logprobs[index - 1]!),
  };
  return index < tokens.length
    ? {token: tokens[index]!, logprob: finite(logprobs[index - 1]!), likeliest: best}
    : {...best!, likeliest: best};
}

function openAiLogprobs(
  prompt: CompletionPrompt,
  said: PromptLogprobs,
  textOf: (token: number) => string,
  {echo, generates, logprobs, asTokenIds}: ChoiceOptions & {logprobs: number},
): NonNullable<Choice['logprobs']> {
  const nameOf = (token: number) => (asTokenIds ? `token_id:${token}` : textOf(token));
  const {tokens, text, offsets} = prompt;
  const places = Array.from({length: tokens.length + 1}, (_, index) => index).filter(
    index => (echo && index < tokens.length) || (generates && index === tokens.length),
  );
  const known = places.map(index => (index === 0 ? undefined : placeAt(index, prompt, said)));
  return {
    text_offset: places.map(index => offsets[index] ?? characters(text)),
    token_logprobs: known.map(place => place?.logprob ?? null),
    tokens: known.map(place => nameOf(place?.token ?? tokens[0]!)),
    top_logprobs: known.map(place => {
      if (!place) {
        return null;
      }

      const {token, logprob, likeliest} = place;
      // The second last: of two tokens with one text the more probable one is told.
      const alternative = likeliest && logprobs > 0 ? {[nameOf(likeliest.token)]: likeliest.logprob} : {};
      return {[nameOf(token)]: logprob, ...alternative};
    }),
  };
}

function byToken(
  prompt: CompletionPrompt,
  said: PromptLogprobs,
  textOf: (token: number) => string,
  alternatives: number,
): NonNullable<Choice['prompt_logprobs']> {
  return Array.from(prompt.tokens, (_, index) => {
    if (index === 0) {
      return null;
    }

    const {token, logprob, likeliest} = placeAt(index, prompt, said);
    const rank = likeliest?.token === token ? 1 : null;
    const own = {[token]: {logprob, rank, decoded_token: textOf(token)}};
    return likeliest && alternatives > 0
      ? {
          ...own,
          [likeliest.token]: {logprob: likeliest.logprob, rank: 1, decoded_token: textOf(likeliest.token)},
        }
      : own;
  });
}

/** The length of a text as Python counts it. */
export function characters(text: string): number {
  let count = 0;
  for (const _ of text) {
    count++;
  }

  return count;
}

function finite(logprob: number): number {
  return Math.max(logprob, leastLogprob);
}
