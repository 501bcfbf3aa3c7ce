import {z} from 'zod';
import {drawingShape} from '../generate/generate-schema.js';
import type {AnswerExtractor} from '../rank/extraction/answer-extractor.js';
import type {SessionOptions} from '../session/session.js';

const common = {
  n: z.int().min(1).max(4096).default(16),
  separator: z.string().min(1).default('\n\n'),
  maxStepTokens: z.int().min(1).default(512),
  maxSteps: z.int().min(1).default(40),
  ...drawingShape,
  extractAnswer: z.custom<AnswerExtractor>().optional(),
  // The session checks them.
  scoring: z.custom<SessionOptions>().optional(),
  budget: z
    .strictObject({tokens: z.number().positive().optional(), seconds: z.number().positive().optional()})
    .default({}),
};
const beamWidth = z.int().min(1).max(4096).default(4);
const lookahead = z.int().min(0).default(0);

/** Checks {@link SearchOptions} and fills in what was left out. */
export const searchSchema = z
  .discriminatedUnion('method', [
    z.strictObject({method: z.literal('bestOfN'), ...common, dropBelow: z.number().min(0).max(1).optional()}),
    z.strictObject({method: z.literal('beam'), ...common, beamWidth, lookahead}),
    z.strictObject({method: z.literal('dvts'), ...common, beamWidth, lookahead}),
    z.strictObject({
      method: z.literal('mcts'),
      ...common,
      beamWidth,
      exploration: z.number().min(0).default(1),
    }),
  ])
  .refine(({n, ...rest}) => !('lookahead' in rest) || n % rest.beamWidth === 0, {
    message: 'has to be a multiple of beamWidth: n / beamWidth responses go on in beamWidth ways each',
    path: ['n'],
  });

/** A search as it was asked for, with all options. */
export type CheckedSearch = z.output<typeof searchSchema>;

/** The options of one method. */
export type CheckedMethod<Method extends CheckedSearch['method']> = Extract<CheckedSearch, {method: Method}>;
