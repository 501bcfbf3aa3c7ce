import process from 'node:process';
import {InvalidInputError} from '../../errors/invalid-input-error.js';

/** What proves to a server who asks. It is to be in no error, log, cache or record. */
export interface Credentials {
  apiKey?: string | undefined;
  headers?: Record<string, string> | undefined;
}

/**
 * The key and the headers that a server is sent. Without a key that of the environment is taken,
 * `IMPLICIT_PRM_API_KEY`.
 *
 * @param name - what they are options of, for the error
 * @throws {@link InvalidInputError} for a value that is no header's, which fetch would show
 */
export function credentials(
  {apiKey = process.env.IMPLICIT_PRM_API_KEY || undefined, headers = {}}: Credentials,
  name: string,
): {apiKey: string | undefined; headers: Record<string, string>} {
  for (const [header, value] of Object.entries({apiKey: apiKey ?? '', ...headers})) {
    if (typeof value !== 'string' || !/^[\x20-\x7e]*$/u.test(value)) {
      throw new InvalidInputError(`${header} in ${name} has to be a string of ASCII characters.`);
    }
  }

  return {apiKey, headers};
}
