import {getSystemErrorMap} from 'node:util';

/**
 * Makes the error for a file that cannot be read or written.
 *
 * @param what - such as `cannot read traces.jsonl`
 * @param cause - what Node threw
 */
export function fileError(what: string, cause: unknown): Error {
  return new Error(`${what}: ${reason(cause)}`, {cause});
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }

  // Zlib has numbers of its own, which mean something else to the system.
  const {errno, syscall} = error as NodeJS.ErrnoException;
  const isOfSystem = errno !== undefined && syscall !== undefined;
  return (isOfSystem && getSystemErrorMap().get(errno)?.[1]) || error.message;
}

/**
 * Makes an error that says where it happened.
 *
 * @param place - such as `data.jsonl:17`
 */
export function placedError(place: string, cause: unknown): Error {
  return new Error(`${place}: ${cause instanceof Error ? cause.message : String(cause)}`, {cause});
}
