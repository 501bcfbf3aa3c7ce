import {z} from 'zod';
import type {RemoteServer} from './remote-server.js';

/** What runs at a server, as far as it matters: which fields it knows, and what it tells of an end. */
export type ServerKind = 'vllm' | 'sglang' | 'llama-server' | 'implicit-prm' | 'other';

const listed = z.object({
  /** The model's name at the server. */
  id: z.string(),
  owned_by: z.string().nullish(),
  /** Where the server has it from. */
  root: z.string().nullish(),
  /** Of an adapter the model that it is applied to. */
  parent: z.string().nullish(),
  /** The most tokens of a prompt and what is written behind it. */
  max_model_len: z.number().nullish(),
  /** β of the model's metadata, of `implicit-prm serve`. */
  beta: z.number().nullish(),
});

/** A model as a server lists it. */
export type ListedModel = z.output<typeof listed>;

const list = z.object({data: z.array(listed).min(1)});
const kinds: Record<string, ServerKind> = {
  vllm: 'vllm',
  sglang: 'sglang',
  llamacpp: 'llama-server',
  'implicit-prm': 'implicit-prm',
};

/**
 * Asks a server for its models, which tells what it is.
 *
 * @returns its models, at least one, and what the first says that the server is
 * @throws {@link RemoteError}, or the signal's reason
 */
export async function listModels(
  server: RemoteServer,
  signal: AbortSignal | undefined,
): Promise<{models: ListedModel[]; kind: ServerKind}> {
  const answer = await server.json('/v1/models', {signal, impatient: true});
  const {success, data, error} = list.safeParse(answer);
  if (!success) {
    throw server.failure('the server lists no models', `${server.url}/v1/models`, {
      body: JSON.stringify(answer),
      cause: error,
    });
  }

  return {models: data.data, kind: kinds[data.data[0]!.owned_by ?? ''] ?? 'other'};
}
