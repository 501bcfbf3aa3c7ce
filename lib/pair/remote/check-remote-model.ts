import {z} from 'zod';
import type {RemoteEngineKind, RemoteModelOptions} from '../../engine/remote/remote-options.js';
import {check} from '../../utils/check.js';
import {credentials} from '../../utils/http/credentials.js';

/** Options of a model at a server that have been checked, with what its server is sent to prove who asks. */
export interface CheckedRemoteModel {
  url: string;
  model?: string | undefined;
  engine?: RemoteEngineKind | undefined;
  apiKey: string | undefined;
  headers: Record<string, string>;
}

const schema = z.strictObject({
  url: z.url({protocol: /^https?$/u, error: 'expected a URL that begins with http:// or https://'}),
  model: z.string().min(1).optional(),
  engine: z.literal(['vllm', 'sglang', 'implicit-prm']).optional(),
});

/**
 * Checks the options of a model at a server.
 *
 * @param name - what they are called in errors
 * @throws {@link InvalidInputError}, in which nothing secret is
 */
export function checkRemoteModel(
  {apiKey, headers, ...rest}: RemoteModelOptions,
  name: string,
): CheckedRemoteModel {
  // Apart, since an error shows what it is about.
  const checked = check(schema, {...rest, url: withoutCredentials(rest.url)}, name);
  return {...checked, url: rest.url, ...credentials({apiKey, headers}, name)};
}

function withoutCredentials(url: unknown): unknown {
  return typeof url === 'string' ? url.replace(/\/\/[^/]*@/u, '//') : url;
}
