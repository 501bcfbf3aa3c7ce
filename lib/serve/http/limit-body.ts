import type {MiddlewareHandler} from 'hono';
import {HttpError} from './http-error.js';
import type {ServeEnv} from './serve-env.js';

/** Refuses bodies of more bytes than that, before they are read where their length is told. */
export function limitBody(most: number): MiddlewareHandler<ServeEnv> {
  const tooLarge = () =>
    new HttpError(413, `The body has more than ${most} bytes, the most that this server takes.`, {
      code: 'BODY_TOO_LARGE',
    });
  return async (c, next) => {
    const length = c.req.header('content-length');
    if (length !== undefined && Number(length) > most) {
      throw tooLarge();
    }

    const {body, signal} = c.req.raw;
    if (length === undefined && body) {
      const {method, url} = c.req;
      const text = await readWithin(body, most, tooLarge);
      c.req.raw = new Request(url, {method, headers: c.req.header(), body: text, signal});
    }

    return next();
  };
}

async function readWithin(
  body: ReadableStream<Uint8Array>,
  most: number,
  tooLarge: () => Error,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.byteLength;
    if (length > most) {
      throw tooLarge();
    }

    chunks.push(part.value);
  }

  return Buffer.concat(chunks).toString('utf8');
}
