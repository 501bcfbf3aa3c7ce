import {z} from '@hono/zod-openapi';
import {getRoute} from '../http/json-route.js';
import type {App} from '../http/serve-env.js';
import type {Served} from '../served.js';

const modelSchema = z
  .object({
    id: z.string(),
    object: z.literal('model'),
    created: z.int(),
    owned_by: z.literal('implicit-prm'),
    root: z.string(),
    parent: z.string().nullable(),
    max_model_len: z.int(),
    beta: z.number().optional().openapi({description: 'β, the reward of one nat: of the trained model'}),
  })
  .openapi('Model');

const route = getRoute({
  path: '/v1/models',
  tag: 'Models',
  summary: 'The policy, its reference if there is one, and the pair of them.',
  response: z.object({object: z.literal('list'), data: z.array(modelSchema)}),
});

/** What the pair is called among models. */
export const pairModel = 'implicit-prm';

/** Adds `/v1/models`. */
export function addModelsRoute(app: App, served: Served): void {
  app.openapi(route, c => {
    const {policy, reference, lora, contextSize, beta} = served.pair.info;
    const model = (id: string, {name, path}: {name: string; path: string}) => ({
      ...({id, object: 'model', created: served.created, owned_by: 'implicit-prm'} as const),
      ...{root: name === '' ? fileName(path) : name, parent: null, max_model_len: contextSize},
    });
    const policyFile = lora === null ? policy : {name: fileName(lora), path: lora};
    const data = [
      {...model('policy', policyFile), beta},
      ...(reference ? [model('reference', reference)] : []),
      {...model(pairModel, policyFile), beta},
    ];
    return c.json({object: 'list' as const, data}, 200);
  });
}

/** Where on its disk the server has a model is nobody's business. */
function fileName(path: string): string {
  return path.split(/[\\/]/u).at(-1)!;
}
