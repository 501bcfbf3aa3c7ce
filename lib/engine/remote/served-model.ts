import {InvalidInputError} from '../../errors/invalid-input-error.js';
import {showValue} from '../../errors/show-value.js';
import {RemoteServer} from '../../utils/http/remote-server.js';
import {
  type ListedModel,
  listModels,
  modelNamed,
  namesOf,
  type ServerKind,
} from '../../utils/http/server-models.js';
import type {RemoteEngineKind} from './remote-options.js';

/** A model of a server, which has been asked for it. */
export interface ServedModel {
  server: RemoteServer;
  engine: RemoteEngineKind;
  /** The model's name at the server. */
  id: string;
  /** Of an adapter the name of the model that it is applied to, else `null`. */
  parent: string | null;
  /** Where the server says that it has the model from. */
  root: string | null;
  /** The most tokens that a sequence may have; `undefined` if the server does not say. */
  contextSize: number | undefined;
  /** β, if the server says. */
  beta: number | null;
}

/** What {@link findServedModel} is given: the options of a model with its credentials settled. */
export interface ServedModelOptions {
  url: string;
  model?: string | undefined;
  engine?: RemoteEngineKind | undefined;
  apiKey: string | undefined;
  headers: Record<string, string>;
  retries: number;
  timeout: number;
}

/**
 * Asks a server what it is, and for a model.
 *
 * @throws {@link RemoteError} for a server that cannot be asked for log-probabilities of tokens,
 * {@link InvalidInputError} if it has no such model
 */
export async function findServedModel(
  {url, model, engine, ...options}: ServedModelOptions,
  signal: AbortSignal | undefined,
): Promise<ServedModel> {
  const server = new RemoteServer({url, ...options});
  const {models, kind} = await listModels(server, signal);
  const found = chooseModel(models, model, server);
  const parent = models.find(({id}) => id === found.parent);
  const length = found.max_model_len ?? parent?.max_model_len;
  const known = engine ?? requireKnown(kind, models, server);
  return {
    server,
    engine: known,
    id: found.id,
    parent: found.parent ?? null,
    root: found.root ?? null,
    // All but our own server write a token behind every prompt.
    contextSize: typeof length === 'number' ? length - (known === 'implicit-prm' ? 0 : 1) : undefined,
    beta: found.beta ?? null,
  };
}

function chooseModel(
  models: readonly ListedModel[],
  wanted: string | undefined,
  server: RemoteServer,
): ListedModel {
  if (wanted === undefined && models.length > 1) {
    throw new InvalidInputError(
      `${server.url} has several models, so that one has to be named: ${namesOf(models)}`,
    );
  }

  return wanted === undefined ? models[0]! : modelNamed(models, wanted, server);
}

function requireKnown(
  kind: ServerKind,
  models: readonly ListedModel[],
  server: RemoteServer,
): RemoteEngineKind {
  const refuse = (why: string) => server.failure(why, `${server.url}/v1/models`);
  if (kind === 'llama-server') {
    throw refuse(
      'this is a llama-server, which gives no log-probabilities of a prompt, so that nothing can be scored with it. ' +
        'Serve the same GGUF files with “implicit-prm serve --policy … --reference …”, or open them here',
    );
  }

  if (kind === 'other') {
    throw refuse(
      `the server says that its models are owned by ${showValue(models[0]!.owned_by)}: it is neither vLLM nor SGLang ` +
        'nor implicit-prm serve. If one of them is behind it, say which: engine in the options of the model',
    );
  }

  return kind;
}
