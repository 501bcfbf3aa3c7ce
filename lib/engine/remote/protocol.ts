import type {RemoteServer} from '../../utils/http/remote-server.js';
import type {LikeliestTokens, TokenSequence} from '../engine.js';

/** One request for log-probabilities. */
export interface ChunkRequest {
  server: RemoteServer;
  /** The model's name at the server. */
  model: string;
  /** Whether it is an adapter there. */
  isAdapter: boolean;
  sequences: readonly TokenSequence[];
  /** Whether the most probable tokens are wanted too. */
  likeliest: boolean;
  signal: AbortSignal;
}

/** What comes of it. */
export interface ChunkLogprobs {
  /** Of each sequence from its `from` on, in nats. */
  logprobs: Float32Array[];
  /** Of each sequence from its `from` to behind its end, if they were asked for. */
  likeliest: LikeliestTokens[] | null;
  /** For each sequence how many tokens the server evaluated for it, its last one left out. */
  evaluated: number[];
}

/** How servers of one kind are asked, once. */
export type Protocol = (request: ChunkRequest) => Promise<ChunkLogprobs>;

/** vLLM says this for a token of probability 0, since JSON has no −∞. */
const impossible = -9999;

/**
 * A log-probability as a server gave it.
 *
 * @param refuse - makes the error for what is none
 */
export function checkedLogprob(value: unknown, refuse: (why: string) => Error): number {
  if (typeof value !== 'number' || Number.isNaN(value)) {
    throw refuse(`gives ${JSON.stringify(value)} for a log-probability`);
  }

  // As much as rounding may add to a probability of 1.
  if (value > 1e-3) {
    throw refuse(
      `gives ${value} for a log-probability, which none can be: start it with --logprobs-mode raw_logprobs, vLLM’s default`,
    );
  }

  return value <= impossible ? Number.NEGATIVE_INFINITY : Math.min(value, 0);
}

/** A token and its log-probability. */
export interface Candidate {
  token: number;
  logprob: number;
}

/** The most probable of some tokens, and of equals the one of the lowest number. */
export function mostProbable(candidates: readonly Candidate[]): Candidate | undefined {
  let best: Candidate | undefined;
  for (const candidate of candidates) {
    const isBetter =
      best === undefined ||
      candidate.logprob > best.logprob ||
      (candidate.logprob === best.logprob && candidate.token < best.token);
    best = isBetter ? candidate : best;
  }

  return best;
}

/** Likeliest tokens of single positions as an engine gives them. */
export function likeliestTokens(best: readonly Candidate[]): LikeliestTokens {
  return {
    tokens: Int32Array.from(best, ({token}) => token),
    logprobs: Float32Array.from(best, ({logprob}) => logprob),
  };
}
