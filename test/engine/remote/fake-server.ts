import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';

/** A request that a fake server got. */
export interface FakeRequest {
  method: string;
  path: string;
  authorization: string | undefined;
  headers: IncomingMessage['headers'];
  // biome-ignore lint/suspicious/noExplicitAny: whatever was sent, looked into by tests
  body: any;
}

/** Answers a request, or hands it on. */
export type FakeRoute = (
  request: FakeRequest,
  response: ServerResponse,
  next: () => Promise<void>,
) => void | Promise<void>;

export interface FakeServer {
  url: string;
  requests: FakeRequest[];
  /** Those to a path. */
  to(path: string): FakeRequest[];
  /** Connections that clients closed before they were answered. */
  aborted: number;
  close(): Promise<void>;
}

/** Serves on a port of this machine; `override` may answer before `route` does. */
export async function serveFake(
  route: (request: FakeRequest, response: ServerResponse) => void | Promise<void>,
  override?: FakeRoute,
): Promise<FakeServer> {
  const requests: FakeRequest[] = [];
  const server = createServer(async (incoming, response) => {
    let text = '';
    for await (const part of incoming.setEncoding('utf8')) {
      text += part;
    }

    const request: FakeRequest = {
      method: incoming.method!,
      path: incoming.url!,
      authorization: incoming.headers.authorization,
      headers: incoming.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
    requests.push(request);
    response.on('close', () => {
      fake.aborted += response.writableFinished ? 0 : 1;
    });
    const next = async () => route(request, response);
    await (override ? override(request, response, next) : next());
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const fake: FakeServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    to: path => requests.filter(request => request.path === path),
    aborted: 0,
    close: async () => {
      server.closeAllConnections();
      await new Promise(resolve => {
        server.close(resolve);
      });
    },
  };
  return fake;
}

/** Answers with JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {'content-type': 'application/json', ...headers}).end(JSON.stringify(body));
}
