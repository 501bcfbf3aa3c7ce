import {z} from 'zod';

/** A line of `examples/arithmetic/traces.jsonl`. Fields that the demo has no use for are let through. */
export const demoTraceSchema = z.looseObject({
  id: z.string(),
  prompt: z.string(),
  response: z.string(),
  steps: z.array(z.string()).min(1),
  /** The index of the first wrong step, −1 if there is none. */
  label: z.int().min(-1).optional(),
});
