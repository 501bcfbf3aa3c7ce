// An HTTP server that scores, with a route of its own. For ready-made routes: npx implicit-prm serve.
//
//   npx tsx examples/express.ts
//   curl localhost:3000/score -H 'content-type: application/json' \
//     -d '{"prompt": "Compute 2 * 3 + 4", "responses": ["Step 1: 2 * 3 = 6, so 6 + 4\n\nAnswer: 10"]}'

import type {AddressInfo} from 'node:net';
import process from 'node:process';
import express, {type ErrorRequestHandler} from 'express';
import {bundledPair, ImplicitPrmError, InvalidInputError, openPair, scoreSteps} from 'implicit-prm';

// One pair for all requests: calls wait for one another, first come first served.
const pair = await openPair({...bundledPair(), gpu: false, threads: 1});
const app = express();
app.use(express.json({limit: '1mb'}));

app.post('/score', async (request, response) => {
  // The library checks the texts. What strangers may send is for the server to say: no {raw} prompts, which can forge
  // turns, and not so many responses that others wait long.
  const {prompt, responses} = request.body ?? {};
  if (typeof prompt !== 'string' || !Array.isArray(responses) || responses.length > 64) {
    throw new InvalidInputError(
      'The body has to be {prompt: string, responses: string[]}, 64 responses at most.',
    );
  }

  // Nobody waits for the result of a client that has gone.
  const gone = new AbortController();
  response.on('close', () => gone.abort(new Error('The client has gone.')));
  const scored = await scoreSteps(pair, {prompt, responses}, {signal: gone.signal});
  response.json(
    scored.map(({score, steps}) => ({
      score,
      steps: steps.map(({text, reward, q, probability}) => ({text, reward, q, probability})),
    })),
  );
});

// 503 passes: an engine of its own process, see `isolate`, is started again by the next call.
const statuses: Record<string, number> = {
  INVALID_INPUT: 400,
  CONTEXT_OVERFLOW: 400,
  PAIR_CLOSED: 503,
  ENGINE_CRASHED: 503,
};
const onError: ErrorRequestHandler = (error, _request, response, _next) => {
  const code = error instanceof ImplicitPrmError ? error.code : undefined;
  // Express has errors with a status too, such as for a body that is no JSON. 499: nobody is there to read it.
  const status = response.closed ? 499 : (statuses[code ?? ''] ?? error.status ?? 500);
  console.error(status, error.message);
  // A message of an unexpected error may tell what is nobody's business.
  response.status(status).json(status === 500 ? {code} : {code, message: error.message});
};
app.use(onError);

const server = app.listen(Number(process.env.PORT ?? 3000), () => {
  console.log(`listening on port ${(server.address() as AddressInfo).port}`);
});
// No more requests, those that have come are answered, then the models are freed.
process.once('SIGTERM', () => {
  server.close(() => pair.close());
  // Clients keep their connections open a while after an answer. Nobody is to wait for that.
  setInterval(() => server.closeIdleConnections(), 200).unref();
});
