import {z} from 'zod';
import type {CompletionServer} from './completion-server.js';

/** What runs at a server, as far as it matters: which fields it knows, and what it tells of an end. */
export type ServerKind = 'vllm' | 'sglang' | 'llama-server' | 'other';

const models = z.object({
  data: z.array(z.object({id: z.string(), owned_by: z.string().nullish()})).min(1),
});
const kinds: Record<string, ServerKind> = {vllm: 'vllm', sglang: 'sglang', llamacpp: 'llama-server'};

/** Asks a server for its models, which tells what it is. */
export async function askForModels(
  server: CompletionServer,
  signal: AbortSignal | undefined,
): Promise<{first: string; kind: ServerKind}> {
  const response = await server.request('/v1/models', undefined, signal);
  const text = await response.text();
  try {
    const [{id, owned_by: owner}] = models.parse(JSON.parse(text)).data as [
      z.output<typeof models>['data'][number],
    ];
    return {first: id, kind: kinds[owner ?? ''] ?? 'other'};
  } catch (cause) {
    throw server.failure('the server lists no models', `${server.url}/v1/models`, {body: text, cause});
  }
}
