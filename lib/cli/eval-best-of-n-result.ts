import {z} from 'zod';
import type {BestOfNProblem} from '../eval/best-of-n-types.js';
import {candidatesSchema} from '../eval/candidates-schema.js';
import {evalRecord} from './eval-record.js';

const schema = z.object({responses: candidatesSchema});

/**
 * Reads a problem that {@link evalBestOfNTask} scored.
 *
 * @param bytes - the result as JSON
 */
export function evalBestOfNResult(bytes: Uint8Array): BestOfNProblem {
  return {candidates: evalRecord(bytes, schema, 'the result').responses};
}
