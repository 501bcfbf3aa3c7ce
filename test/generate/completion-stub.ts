import {createServer, type IncomingHttpHeaders, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';

/** A request that the stub got. */
export interface StubRequest {
  path: string;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown>;
}

/** What the stub does with the body of a request to a path. */
export type StubRoute = (body: StubRequest['body'], response: ServerResponse) => void | Promise<void>;

export interface CompletionStub {
  url: string;
  requests: StubRequest[];
  close(): Promise<void>;
}

/** Stands in for a server of completions, with the answers that real ones were seen to give. */
export async function serveCompletions(
  ownedBy: string,
  routes: Record<string, StubRoute>,
  port = 0,
): Promise<CompletionStub> {
  const requests: StubRequest[] = [];
  const all: Record<string, StubRoute> = {
    '/v1/models': (_, response) => sendJson(response, 200, models(ownedBy)),
    ...routes,
  };
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request.setEncoding('utf8')) {
      text += part;
    }

    const path = request.url!;
    const body = text === '' ? {} : JSON.parse(text);
    requests.push({path, headers: request.headers, body});
    const route = all[path];
    await (route ? route(body, response) : sendJson(response, 404, {detail: 'Not Found'}));
  });
  await new Promise<void>(resolve => {
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise(resolve => {
        server.close(resolve);
      });
    },
  };
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {'content-type': 'application/json'}).end(JSON.stringify(body));
}

/** Answers with events, as a server that streams. */
export function sendEvents(response: ServerResponse, events: readonly unknown[], {done = true} = {}): void {
  response.writeHead(200, {'content-type': 'text/event-stream'});
  for (const event of events) {
    response.write(`data: ${JSON.stringify(event)}\n\n`);
  }

  if (done) {
    response.end('data: [DONE]\n\n');
  }
}

function models(ownedBy: string): unknown {
  return {object: 'list', data: [{id: 'arithmetic', object: 'model', owned_by: ownedBy, max_model_len: 512}]};
}
