import {randomInt} from 'node:crypto';
import {z} from 'zod';
import {promptSchema} from '../score/score-schema.js';
import type {AddedText} from './text-generator.js';

const wellFormed = z
  .string()
  .refine(value => value.isWellFormed(), 'expected well-formed UTF-16, but a surrogate stands alone');
const stopText = wellFormed.min(1);

/** The greatest seed that every generator knows. */
export const greatestSeed = 2 ** 31 - 1;

/** How tokens are drawn: the fields that all that generates has in common. */
export const drawingShape = {
  temperature: z.number().min(0).default(1),
  topP: z.number().gt(0).max(1).default(1),
  minP: z.number().min(0).max(1).default(0),
  topK: z.int().min(1).optional(),
  seed: z
    .int()
    .min(0)
    .max(greatestSeed)
    .default(() => randomInt(greatestSeed)),
  allowSpecialTokens: z.boolean().default(false),
  signal: z.instanceof(AbortSignal).optional(),
};

/** Checks {@link GenerateInput} and fills in what was left out. */
export const generateSchema = z.strictObject({
  ...drawingShape,
  prompt: promptSchema,
  prefix: wellFormed.default(''),
  n: z.int().min(1).max(4096).default(1),
  maxTokens: z.int().min(1).optional(),
  stop: z
    .union([stopText, z.array(stopText)])
    .default([])
    .transform(stop => [stop].flat()),
  onText: z
    .custom<(added: AddedText) => void>(value => typeof value === 'function', 'expected a function')
    .optional(),
});

/** What a generator works on. */
export type CheckedInput = z.output<typeof generateSchema>;
