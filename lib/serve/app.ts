import {OpenAPIHono} from '@hono/zod-openapi';
import {addCompletionsRoute} from './completions/route.js';
import {errorAnswer, errorBody} from './http/error-answer.js';
import {HttpError} from './http/http-error.js';
import {invalidRequest} from './http/invalid-request.js';
import {limitBody} from './http/limit-body.js';
import {observe} from './http/observe.js';
import {requestSignal} from './http/request-signal.js';
import {requireKey} from './http/require-key.js';
import type {App, ServeEnv} from './http/serve-env.js';
import {addModelRoutes} from './rewards/models.js';
import {addTrainerRoutes} from './rewards/trainers.js';
import {addScoreRoute} from './score/route.js';
import type {Served} from './served.js';
import {addDescriptionRoute} from './status/description.js';
import {addModelsRoute} from './status/models.js';
import {addStatusRoutes} from './status/status.js';
import {addTokenizerRoutes} from './tokenizer/routes.js';

/** Who watches whether the server is alive has no key. */
const open: ReadonlySet<string> = new Set(['/health', '/ready']);

/** Makes the application: what every request goes through, then the routes. */
export function createApp(served: Served): App {
  const {apiKey, maxBodyBytes, timeLimit, onError} = served.options;
  const app: App = new OpenAPIHono<ServeEnv>({
    defaultHook: result => {
      if (!result.success) {
        throw invalidRequest(result.error, 'data' in result ? result.data : undefined);
      }
    },
  });
  app.use(observe(served, () => new Set(app.routes.map(({path}) => path))));
  app.use(requireKey(apiKey, open));
  app.use(limitBody(maxBodyBytes));
  app.use(requestSignal(timeLimit));
  for (const add of [
    addScoreRoute,
    addCompletionsRoute,
    addModelsRoute,
    addTokenizerRoutes,
    addTrainerRoutes,
    addModelRoutes,
    addStatusRoutes,
    addDescriptionRoute,
  ]) {
    add(app, served);
  }

  app.notFound(c =>
    c.json(
      errorBody(404, {
        message: `There is no ${c.req.method} ${c.req.path}: see /openapi.json.`,
        code: 'NO_ROUTE',
      }),
      404,
    ),
  );
  app.onError((error, c) => {
    const {path, method} = c.req;
    const {status, headers, body} = errorAnswer(error, path);
    if (error instanceof HttpError) {
      served.metrics.reject(error.code);
    } else if (status >= 500) {
      onError?.(error, {method, path});
    }

    return Response.json(body, {status, headers});
  });
  return app;
}
