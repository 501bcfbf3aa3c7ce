import type {MiddlewareHandler} from 'hono';
import type {Served} from '../served.js';
import type {ServeEnv} from './serve-env.js';

/**
 * Counts requests and the time they take, and has connections closed once the server is ending.
 *
 * @param routes - the paths that there are; all others are counted as one
 */
export function observe(served: Served, routes: () => ReadonlySet<string>): MiddlewareHandler<ServeEnv> {
  let known: ReadonlySet<string> | undefined;
  return async (c, next) => {
    known ??= routes();
    const start = performance.now();
    served.metrics.begin();
    try {
      await next();
    } finally {
      const route = known.has(c.req.path) ? c.req.path : 'other';
      served.metrics.end(route, c.res.status, (performance.now() - start) / 1000);
    }

    if (served.state === 'ending') {
      c.header('connection', 'close');
    }
  };
}
