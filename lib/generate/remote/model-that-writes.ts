import type {RemoteServer} from '../../utils/http/remote-server.js';
import {listModels, modelNamed, type ServerKind} from '../../utils/http/server-models.js';

/**
 * Asks a server what it is, and for the model that is to write. A wrong name would show late, and at llama-server never.
 *
 * @param wanted - its name; the first of the server's if left out
 * @throws {@link RemoteError} for a server that writes nothing, {@link InvalidInputError} if it has no such model
 */
export async function modelThatWrites(
  server: RemoteServer,
  wanted: string | undefined,
  signal: AbortSignal | undefined,
): Promise<{model: string; kind: ServerKind}> {
  const {models, kind} = await listModels(server, signal);
  if (kind === 'implicit-prm') {
    throw server.failure(
      'this is “implicit-prm serve”, which scores and writes nothing. What writes is a GGUF file, or a model at vLLM, ' +
        'SGLang or llama-server',
      `${server.url}/v1/models`,
    );
  }

  // SGLang takes names that it does not list, of adapters; of others nobody knows.
  if (wanted !== undefined && (kind === 'vllm' || kind === 'llama-server')) {
    modelNamed(models, wanted, server);
  }

  return {model: wanted ?? models[0]!.id, kind};
}
