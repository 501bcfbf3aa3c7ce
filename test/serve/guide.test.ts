import test from 'ava';
import {createServer, type Pair, type PrmServer} from '../../lib/index.js';
import {pages} from '../helpers/code-blocks.js';
import {openBundled} from './serving.js';

/** A request of the guide, and what it says that it gets. */
interface Example {
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
  answer: unknown;
}

const {text} = pages.find(({name}) => name === 'docs/server.md')!;
const examples = [...text.matchAll(/^```sh\n(curl [^\n]+)\n```$(?:\n\n^```json\n(.+?)^```$)?/gmsu)].map(
  ([, command, answer]) => exampleOf(command!, answer),
);
let pair: Pair;
let server: PrmServer;

test.before(async () => {
  pair = await openBundled();
  server = createServer(pair);
});
test.after.always(async () => pair?.close());

function exampleOf(command: string, answer: string | undefined): Example {
  const [, path] = /^curl localhost:8000(\S+)/u.exec(command)!;
  const headers = [...command.matchAll(/ -H '([^:]+): ([^']+)'/gu)].map(([, name, value]) => [name!, value!]);
  return {
    path: path!,
    headers: Object.fromEntries(headers),
    body: / -d '([^']+)'/u.exec(command)?.[1],
    answer: answer === undefined ? undefined : JSON.parse(answer),
  };
}

/** Whether all that is printed is in the answer, but for the last digits of numbers. */
function holds(printed: unknown, answer: unknown): boolean {
  if (typeof printed === 'number' && typeof answer === 'number') {
    return Number.isInteger(printed) ? printed === answer : Math.abs(printed - answer) < 0.01;
  }

  if (typeof printed !== 'object' || printed === null) {
    return printed === answer;
  }

  return Object.entries(printed).every(([name, value]) =>
    holds(value, (answer as Record<string, unknown> | null)?.[name]),
  );
}

test('every route is shown', t => {
  const shown = new Set(examples.map(({path}) => path));
  for (const path of [
    '/v1/score',
    '/v1/completions',
    '/v1/models',
    '/tokenize',
    '/detokenize',
    '/get_reward',
  ]) {
    t.true(shown.has(path), path);
  }

  for (const path of ['/reward', '/classify', '/pooling', '/v1/embeddings', '/ready']) {
    t.true(shown.has(path), path);
  }

  for (const path of ['/tokenizer_info', '/health', '/metrics', '/openapi.json']) {
    t.true(text.includes(`\`${path}\``), path);
  }
});

for (const [index, {path, headers, body, answer}] of examples.entries()) {
  test(`request ${index + 1} of the guide, ${path}, gets what the guide says`, async t => {
    const method = body === undefined ? 'GET' : 'POST';
    const response = await server.fetch(
      new Request(`http://localhost:8000${path}`, {method, headers, ...(body === undefined ? {} : {body})}),
    );
    const got = await response.text();
    t.is(response.status, 200, got);
    t.true(answer === undefined || holds(answer, JSON.parse(got)), got);
  });
}
