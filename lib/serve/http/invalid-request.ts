import type {z} from 'zod';
import {showValue} from '../../errors/show-value.js';
import {describeUnion} from '../../score/score-schema.js';
import {HttpError} from './http-error.js';

/** The error that a body is not what its schema says, with the first place where. */
export function invalidRequest(error: z.core.$ZodError, body: unknown): HttpError {
  const issue = error.issues[0]!;
  const param = issue.path.join('.');
  const what = (issue.code === 'invalid_union' && describeUnion(issue.errors)) || issue.message;
  const found = param === '' ? '' : ` (it is ${showValue(at(body, issue.path))})`;
  return new HttpError(400, `${param === '' ? 'The body' : param}: ${what}${found}`, {
    code: 'INVALID_INPUT',
    param: param === '' ? undefined : param,
  });
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (part, key) => (part as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
}
