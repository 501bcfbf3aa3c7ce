import {BlockList, isIP} from 'node:net';
import {InvalidInputError} from '../errors/invalid-input-error.js';
import {showValue} from '../errors/show-value.js';

const local = new BlockList();
local.addSubnet('127.0.0.0', 8, 'ipv4');
local.addAddress('::1', 'ipv6');

/**
 * Makes sure that a host which other machines can reach has a key.
 *
 * @throws {@link InvalidInputError}
 */
export function requireKeyFor(host: string, apiKey: string | undefined): void {
  if (apiKey === undefined && !isLocal(host)) {
    throw new InvalidInputError(
      `On ${showValue(host)} other machines can reach the server, so that it needs a key: set apiKey ` +
        '(IMPLICIT_PRM_API_KEY on the command line), or listen on 127.0.0.1.',
    );
  }
}

function isLocal(host: string): boolean {
  const family = isIP(host);
  return family === 0 ? host === 'localhost' : local.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
