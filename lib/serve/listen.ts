import {once} from 'node:events';
import type {Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {z} from 'zod';
import {fileError} from '../utils/file-error.js';

/** Where a server listens. */
export interface ListenOptions {
  /** A name or an address of this machine; `'127.0.0.1'` if left out, which no other machine can reach. */
  host?: string | undefined;
  /** The port; any free one for 0, or if left out. */
  port?: number | undefined;
}

/** Where a server listens now. */
export interface ServerAddress {
  /** As it was given. */
  host: string;
  /** The port that it got. */
  port: number;
  /** What to ask, such as `http://127.0.0.1:8000`. */
  url: string;
}

/** Checks {@link ListenOptions} and fills in what was left out. */
export const listenSchema = z.strictObject({
  host: z.string().min(1).default('127.0.0.1'),
  port: z.int().min(0).max(65_535).default(0),
});

/** Has a server listen, and says where. */
export async function listen(
  server: Server,
  {host, port}: {host: string; port: number},
): Promise<ServerAddress> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw fileError(`cannot listen on ${host}:${port}`, error);
  }

  const bound = server.address() as AddressInfo;
  return {host, port: bound.port, url: `http://${host.includes(':') ? `[${host}]` : host}:${bound.port}`};
}
