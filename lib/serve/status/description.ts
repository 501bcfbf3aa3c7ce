import {packageVersion} from '../../utils/package-version.js';
import type {App} from '../http/serve-env.js';

const about = {
  openapi: '3.1.0',
  info: {
    title: 'implicit-prm serve',
    version: packageVersion(),
    description: 'Process rewards from the log-ratios of two language models, and their log-probabilities.',
  },
};

/** Adds `/openapi.json`: what the routes are, from the schemas that their requests are checked with. */
export function addDescriptionRoute(app: App): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'key', {type: 'http', scheme: 'bearer'});
  let description: object | undefined;
  app.get('/openapi.json', c => {
    // Made once, when all routes are there.
    description ??= app.getOpenAPI31Document({...about, security: [{}, {key: []}]});
    return c.json(description, 200);
  });
}
