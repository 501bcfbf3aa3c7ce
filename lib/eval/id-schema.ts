import {z} from 'zod';

/** What a record may be called; it is passed on to its result. */
export const evalIdSchema = z.union([z.string(), z.number()]).optional();
