import type {MiddlewareHandler} from 'hono';
import {HttpError} from './http-error.js';
import type {ServeEnv} from './serve-env.js';

/** How long an answer that is over its time has to say so before its connection is cut, in milliseconds. */
const lastWords = 1000;

/**
 * Gives each request its signal: fired when the client has gone, and when the request has taken its time. What nobody has
 * read by then is thrown away with the connection.
 *
 * @param timeLimit - in milliseconds
 */
export function requestSignal(timeLimit: number): MiddlewareHandler<ServeEnv> {
  return async (c, next) => {
    const controller = new AbortController();
    const outgoing = c.env?.outgoing;
    c.req.raw.signal.addEventListener('abort', () => controller.abort(clientGone()), {once: true});
    const timer = setTimeout(() => {
      controller.abort(overTime(timeLimit));
      if (outgoing?.headersSent) {
        setTimeout(() => outgoing.destroy(), lastWords).unref();
      }
    }, timeLimit).unref();
    outgoing?.once('close', () => clearTimeout(timer));
    c.set('signal', controller.signal);
    await next();
    if (!outgoing) {
      clearTimeout(timer);
    }
  };
}

function clientGone(): HttpError {
  // The status that nginx gives it; nobody is there to read it.
  return new HttpError(499, 'The client has gone.', {code: 'CLIENT_GONE'});
}

function overTime(timeLimit: number): HttpError {
  return new HttpError(
    504,
    `The request took more than ${timeLimit / 1000} s, the time limit of this server.`,
    {
      code: 'TIME_LIMIT',
    },
  );
}
