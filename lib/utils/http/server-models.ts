import {z} from 'zod';
import {InvalidInputError} from '../../errors/invalid-input-error.js';
import {showValue} from '../../errors/show-value.js';
import type {RemoteServer} from './remote-server.js';

/** What runs at a server, as far as it matters: which fields it knows, and what it tells of an end. */
export type ServerKind = 'vllm' | 'sglang' | 'llama-server' | 'implicit-prm' | 'other';

const listed = z.object({
  /** The model's name at the server. */
  id: z.string(),
  /** Other names of it, at llama-server. */
  aliases: z.array(z.string()).nullish(),
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

/**
 * The model of that name among those that a server lists.
 *
 * @throws {@link InvalidInputError} if there is none; it tells which there are
 */
export function modelNamed(models: readonly ListedModel[], name: string, server: RemoteServer): ListedModel {
  const found = models.find(({id, aliases}) => id === name || aliases?.includes(name));
  if (!found) {
    throw new InvalidInputError(`${server.url} has no model ${showValue(name)}. It has ${namesOf(models)}`);
  }

  return found;
}

/** Names of models for an error, the first ones if there are many. */
export function namesOf(models: readonly ListedModel[]): string {
  const shown = models.slice(0, 8).map(({id}) => showValue(id));
  return `${shown.join(', ')}${models.length > shown.length ? ', …' : ''}`;
}
