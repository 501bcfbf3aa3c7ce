import type {RemoteModelOptions} from '../../engine/remote/remote-options.js';
import {InvalidInputError} from '../../errors/invalid-input-error.js';

type Model = string | RemoteModelOptions | undefined;

/**
 * The model at a server that a text names, `http://host:8000#model`, and nothing for one that names a file or a download.
 * An address that ends with `.gguf` is a download whatever is behind it.
 *
 * @throws {@link InvalidInputError} for the address of a server without a model
 */
export function remoteModelOf(model: string): RemoteModelOptions | undefined {
  if (!/^https?:\/\//iu.test(model)) {
    return undefined;
  }

  const hash = model.indexOf('#');
  const address = hash === -1 ? model : model.slice(0, hash);
  const {pathname, search} = parsed(address);
  if (/\.gguf(?:\.part\d+of\d+)?$/iu.test(pathname)) {
    return undefined;
  }

  const name = hash === -1 ? '' : model.slice(hash + 1);
  if (name !== '') {
    return {url: address, model: name};
  }

  if (hash !== -1 || (search === '' && /^\/(?:v1\/?)?$/u.test(pathname))) {
    const {origin} = parsed(address);
    throw new InvalidInputError(
      `${origin} is the address of a server without the name of a model: put it behind a #, as in ${origin}#my-model. ` +
        `A model to be downloaded has an address that ends with .gguf. (GET ${origin}/v1/models lists what a server has.)`,
    );
  }

  return undefined;
}

function parsed(address: string): URL {
  try {
    return new URL(address);
  } catch {
    // Not shown: it may have a password in it.
    throw new InvalidInputError(
      'The address of a model is no URL: expected one such as http://127.0.0.1:8000#model.',
    );
  }
}

/** Whether a model of a pair is at a server. */
export function hasRemoteModel({policy, reference}: {policy: Model; reference?: Model}): boolean {
  return [policy, reference].some(
    model => typeof model === 'object' || (model !== undefined && remoteModelOf(model)),
  );
}
