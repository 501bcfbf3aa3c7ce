import {z} from 'zod';
import type {Aggregate} from '../reward/aggregate.js';
import type {StepSplitter} from '../steps/step-splitter.js';

/** What a server of a pair can be told. */
export interface ServerOptions {
  /**
   * What clients have to know: they send it as `Authorization: Bearer KEY`, on all routes but `/health` and `/ready`.
   * Without one everybody is let in, whatever key they send, and the server listens on this machine only.
   */
  apiKey?: string | undefined;
  /**
   * How many tokens of requests may wait or be under way, each counted once, whichever the models. What comes on top of
   * them is answered with 429, or with 503 where clients give up on that; 1,048,576 if left out.
   */
  maxQueueTokens?: number | undefined;
  /** The most bytes of a body; 33,554,432 (32 MiB) if left out. Larger ones are answered with 413. */
  maxBodyBytes?: number | undefined;
  /** How long a request may take, in milliseconds; 300,000 if left out. It is then answered with 504. */
  timeLimit?: number | undefined;
  /**
   * What the routes of reward models take for the reward of a response: `'sum'` (if left out), the outcome reward r(y);
   * `'score'`, its steps by `aggregate`; `'last'`, the reward of its last step.
   */
  reward?: RewardValue | undefined;
  /** How steps make a score where a request does not say; `'min'` if left out. */
  aggregate?: Aggregate | undefined;
  /** Where steps begin where a request does not say; `'blank-line'` if left out. */
  split?: StepSplitter | undefined;
  /** Called with what went wrong while a request was worked on, and was no fault of the client's. */
  onError?: ((error: unknown, request: {method: string; path: string}) => void) | undefined;
}

/** What is taken for the reward of a response, see {@link ServerOptions.reward}. */
export type RewardValue = 'sum' | 'score' | 'last';

/** Checks {@link ServerOptions} and fills in what was left out. */
export const serverOptionsSchema = z.strictObject({
  apiKey: z.string().min(1).optional(),
  maxQueueTokens: z.int().min(1).default(1_048_576),
  maxBodyBytes: z
    .int()
    .min(1)
    .default(2 ** 25),
  timeLimit: z
    .int()
    .min(1)
    .max(2 ** 31 - 1)
    .default(300_000),
  reward: z.literal(['sum', 'score', 'last']).default('sum'),
  aggregate: z.literal(['min', 'sum', 'mean', 'last', 'product']).default('min'),
  // What uses it checks it, and says what is allowed.
  split: z.custom<StepSplitter>().optional(),
  onError: z
    .custom<NonNullable<ServerOptions['onError']>>(
      value => typeof value === 'function',
      'expected a function',
    )
    .optional(),
});

/** Options with nothing left out that has a default. */
export type CheckedServerOptions = z.output<typeof serverOptionsSchema>;
