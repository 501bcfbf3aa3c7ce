import {z} from 'zod';
import {evalRecord} from '../../runs/input/parse-record.js';
import {candidatesSchema} from './candidates-schema.js';
import type {BestOfNProblem} from './types.js';

const schema = z.object({responses: candidatesSchema});

/**
 * Reads a problem that {@link evalBestOfNTask} scored.
 *
 * @param bytes - the result as JSON
 */
export function evalBestOfNResult(bytes: Uint8Array): BestOfNProblem {
  return {candidates: evalRecord(bytes, schema, 'the result').responses};
}
