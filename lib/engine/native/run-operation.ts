import {errorFromCode} from '../../errors/error-from-code.js';
import {ImplicitPrmError} from '../../errors/implicit-prm-error.js';
import {PairClosedError} from '../../errors/pair-closed-error.js';
import {onAbort} from '../../utils/on-abort.js';
import type {AddonOperation, AddonProgress} from './addon-operation.js';

/**
 * Runs work of the addon under a signal, and turns its errors into the library's.
 *
 * @param start - starts the work; it is to hand the given function on as its progress callback
 * @param signal - stops the work; the promise is then rejected with the signal's reason
 * @param onProgress - what it throws stops the work and rejects the promise
 */
export async function runOperation<T>(
  start: (onProgress: AddonProgress | undefined) => AddonOperation<T>,
  signal?: AbortSignal,
  onProgress?: AddonProgress,
): Promise<T> {
  signal?.throwIfAborted();
  let thrown: {error: unknown} | undefined;
  const report =
    onProgress &&
    ((done: number, total: number) => {
      if (thrown) {
        return;
      }

      try {
        onProgress(done, total);
      } catch (error) {
        thrown = {error};
        operation.cancel();
      }
    });
  const operation = withLibraryErrors(() => start(report));
  const takeBack = onAbort(signal, () => operation.cancel());
  try {
    return await operation.promise;
  } catch (error) {
    if (!isCancellation(error)) {
      throw libraryError(error);
    }

    signal?.throwIfAborted();
    throw thrown ? thrown.error : new PairClosedError('The pair was closed while it worked.');
  } finally {
    takeBack();
  }
}

/** Calls the addon, and throws the library's error for one that it throws. */
export function withLibraryErrors<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw libraryError(error);
  }
}

/** The library's error for one that the addon threw. */
export function libraryError(error: unknown): unknown {
  const isOfAddon = error instanceof Error && 'code' in error && !(error instanceof ImplicitPrmError);
  return isOfAddon ? errorFromCode(String(error.code), error.message) : error;
}

function isCancellation(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'CANCELLED';
}
