import {createHash, timingSafeEqual} from 'node:crypto';
import type {MiddlewareHandler} from 'hono';
import {HttpError} from './http-error.js';
import type {ServeEnv} from './serve-env.js';

/**
 * Lets only those in who know the key. Without a key everybody is let in, whatever they send along.
 *
 * @param open - paths that need no key
 */
export function requireKey(key: string | undefined, open: ReadonlySet<string>): MiddlewareHandler<ServeEnv> {
  const wanted = key === undefined ? undefined : digest(key);
  return async (c, next) => {
    if (
      wanted &&
      !open.has(c.req.path) &&
      !timingSafeEqual(digest(givenKey(c.req.header('authorization'))), wanted)
    ) {
      throw new HttpError(401, 'The server wants its key: send the header Authorization: Bearer KEY.', {
        code: 'WRONG_KEY',
        headers: {'www-authenticate': 'Bearer'},
      });
    }

    return next();
  };
}

function givenKey(header = ''): string {
  return /^Bearer +(.+)$/iu.exec(header)?.[1] ?? '';
}

/** Of one length, so that they can be compared in a time that tells nothing. */
function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
