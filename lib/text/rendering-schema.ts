import {z} from 'zod';

/** What a template is told by itself, or may not be told. */
const ownNames = ['messages', 'add_generation_prompt', 'bos_token', 'eos_token'];

const isDate = (date: string) =>
  /^\d{4}-\d{2}-\d{2}$/u.test(date) && !Number.isNaN(Date.parse(`${date}T00:00:00Z`));

/** Fields that check `RenderingOptions`. */
export const renderingShape = {
  rendering: z.literal(['conversation', 'continuation']).optional(),
  templateArguments: z
    .record(z.string().min(1), z.json())
    .refine(
      names => !ownNames.some(name => Object.hasOwn(names, name)),
      `expected other names than those the template is told anyway: ${ownNames.join(', ')}`,
    )
    .optional(),
  date: z.string().refine(isDate, 'expected a date such as 2024-07-26').optional(),
};

/** Checks `RenderingOptions`. */
export const renderingSchema = z.strictObject(renderingShape);
