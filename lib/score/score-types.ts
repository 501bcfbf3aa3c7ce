import type {TokenUsage} from '../engine/token-usage.js';
import type {Aggregate} from '../reward/aggregate.js';
import type {BetaSchedule} from '../reward/beta-schedule.js';
import type {StepReward} from '../reward/step-rewards.js';
import type {TextRange} from '../steps/ranges.js';
import type {StepSpan} from '../steps/step-span.js';
import type {StepSplitter} from '../steps/step-splitter.js';
import type {Prompt} from '../text/prompt.js';
import type {Rendering, RenderingOptions} from '../text/rendering.js';

/** A prompt and the one response to score. */
export interface ScoreOneInput {
  /** What the response answers. */
  prompt: Prompt;
  /** The response's text. May be left out if `steps` are given. */
  response?: string | undefined;
  /**
   * The response's steps, in place of splitting it. Without `response` they are joined by blank lines; with it they
   * have to be all of its text but white space between them.
   */
  steps?: readonly string[] | undefined;
  /** For several responses see {@link ScoreManyInput}. */
  responses?: undefined;
  /**
   * Whether the response has come to its end: then the end-of-turn token is scored too and belongs to the last step.
   * `true` if left out.
   */
  complete?: boolean | undefined;
}

/** A prompt and several responses to score, such as the candidates of a best-of-N. */
export interface ScoreManyInput {
  /** What the responses answer. */
  prompt: Prompt;
  /** The prompt is evaluated once for all of them. */
  responses: readonly string[];
  /** For one response see {@link ScoreOneInput}. */
  response?: undefined;
  /** For one response see {@link ScoreOneInput}. */
  steps?: undefined;
  /** Whether the responses have come to their ends, see {@link ScoreOneInput.complete}. `true` if left out. */
  complete?: boolean | undefined;
}

/** What {@link scoreSteps} takes, once or as an array. */
export type ScoreInput = ScoreOneInput | ScoreManyInput;

/** How to turn log-probabilities into rewards and a score. */
export interface ScoreOptions extends RenderingOptions {
  /** β, the reward of one nat; the pair's own if left out. */
  beta?: number | undefined;
  /** How β changes over the response; `'constant'` if left out. */
  betaSchedule?: BetaSchedule | undefined;
  /** Where steps begin; `'blank-line'` if left out. */
  split?: StepSplitter | undefined;
  /** How the steps make one score; `'min'` if left out, the paper's choice for best-of-N. */
  aggregate?: Aggregate | undefined;
  /** What of each step is aggregated: its reward (the default) or the Q value behind it. */
  scoreBy?: 'reward' | 'q' | undefined;
  /**
   * Take the texts of special tokens in prompt and responses (`<|im_end|>` and the like) for these tokens. If left out
   * they are plain text, so that no answer can end its own turn.
   */
  allowSpecialTokens?: boolean | undefined;
  /** Stops the scoring within one batch; the promise is rejected with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Called as tokens are dealt with, both models counted. */
  onProgress?: ((progress: {tokens: number; total: number}) => void) | undefined;
}

/** One step of a response and what it is worth. Places in the text are UTF-16 units of the response. */
export interface ScoredStep extends StepSpan, StepReward {}

/** The tokens of a response, T of them, the end-of-turn token of a finished one included. */
export interface ScoredTokens {
  /** Their numbers in the vocabulary; T. */
  ids: Int32Array;
  /** Where in the response each begins, in UTF-16 units; T. A token ends where the next begins. */
  starts: Uint32Array;
  /** log π_θ(y_t | x, y_<t), in nats; T. */
  policyLogprobs: Float32Array;
  /** log π_ref(y_t | x, y_<t), in nats; T. `null` for a pair without a reference. */
  referenceLogprobs: Float32Array | null;
}

/** A response with its process rewards. */
export interface ScoredResponse {
  /** The response's text. */
  response: string;
  /** Its steps in order, at least one. */
  steps: ScoredStep[];
  /** The outcome reward r(y) = β log(π_θ(y) / π_ref(y)): the sum of the steps' rewards, the last Q value. */
  reward: number;
  /** The steps' rewards or Q values as one number, by `aggregate`. */
  score: number;
  /** The tokens that the rewards were summed over. */
  tokens: ScoredTokens;
  /** What the models saw of the conversation. */
  rendering: Rendering;
  /**
   * Ranges of the response that were not scored, in order: white space or thinking that the chat template leaves out, a
   * tag that the prompt has opened already. Empty for most.
   */
  unscored: TextRange[];
  /** What it took to evaluate it. */
  usage: TokenUsage;
}
