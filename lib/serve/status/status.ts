import {createRoute, z} from '@hono/zod-openapi';
import {getRoute, json} from '../http/json-route.js';
import type {App} from '../http/serve-env.js';
import type {Served} from '../served.js';

const statusSchema = z.object({status: z.string()});

const health = getRoute({
  path: '/health',
  tag: 'Status',
  summary: 'Whether the server is there. Needs no key.',
  response: statusSchema,
});

const ready = createRoute({
  method: 'get',
  path: '/ready',
  tags: ['Status'],
  summary:
    'Whether requests are answered: not while the models are loaded, nor once the server is ending. Needs no key.',
  responses: {
    200: {description: 'they are', content: json(statusSchema)},
    503: {description: 'they are not', content: json(statusSchema)},
  },
});

/** Adds `/health`, `/ready` and `/metrics`. */
export function addStatusRoutes(app: App, served: Served): void {
  app.openapi(health, c => c.json({status: 'ok'}, 200));
  app.openapi(ready, c => {
    const {state} = served;
    return c.json({status: state}, state === 'ready' ? 200 : 503);
  });
  app.openAPIRegistry.registerPath({
    ...{method: 'get', path: '/metrics', tags: ['Status']},
    summary: 'Requests, tokens, what waits, in the text format of Prometheus.',
    responses: {200: {description: 'the metrics', content: {'text/plain': {schema: z.string()}}}},
  });
  app.get('/metrics', async () => {
    const {type, body} = await served.metrics.text();
    return new Response(body, {headers: {'content-type': type}});
  });
}
