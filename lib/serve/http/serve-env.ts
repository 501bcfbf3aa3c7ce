import type {HttpBindings} from '@hono/node-server';
import type {OpenAPIHono} from '@hono/zod-openapi';

/** What a handler finds in its context. */
export interface ServeEnv {
  /** Of Node's server; not there for a request that `fetch` was called with. */
  Bindings: Partial<HttpBindings>;
  Variables: {
    /** Fires when the client has gone or the time is over, with the error to answer with. */
    signal: AbortSignal;
  };
}

/** The application that routes are added to. */
export type App = OpenAPIHono<ServeEnv>;
