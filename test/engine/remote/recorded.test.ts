import test from 'ava';
import {openPair} from '../../../lib/index.js';
import {arithmeticPair, exact} from '../../helpers/pairs.js';
import {type FakeModels, serveModels} from './fake-models.js';
import {sendJson} from './fake-server.js';
import {recorded} from './recorded.js';

const {policy, reference: tokenizer} = arithmeticPair();

/** A server that answers scoring as vLLM was recorded to, once a pair is open at it. */
async function serveRecorded(name: string): Promise<FakeModels> {
  const {status, body} = recorded(name);
  return serveModels({
    override: async (request, response, next) =>
      request.path === '/v1/completions' && request.body.max_tokens === 1 && isOwn(request.body.prompt, name)
        ? sendJson(response, status, body)
        : next(),
  });
}

function isOwn(prompts: number[][], name: string): boolean {
  return JSON.stringify(prompts) === JSON.stringify([recorded(name).request.prompt]);
}

for (const name of ['vllm-prompt_logprobs0_ids', 'vllm-prompt_logprobs1']) {
  test(`what vLLM was recorded to answer is read, and is what the same model gives here: ${name}`, async t => {
    const {request, body} = recorded(name);
    const sequence = {tokens: Int32Array.from(request.prompt), from: 1};
    const server = await serveRecorded(name);
    t.teardown(server.close);
    const remote = await openPair({policy: server.policy, tokenizer});
    const {policy: read} = await remote.engine.logprobs([sequence]);
    await remote.close();
    type Entry = Record<number, {logprob: number}> | null;
    const [{prompt_logprobs: entries}] = (body as {choices: [{prompt_logprobs: Entry[]}]}).choices;
    const told = request.prompt.slice(1).map((token, index) => entries[index + 1]![token]!.logprob);
    t.deepEqual(read[0], Float32Array.from(told));

    await using local = await openPair({policy, gpu: false, threads: 1, ...exact});
    const {policy: own} = await local.engine.logprobs([sequence]);
    const apart = Math.max(...read[0]!.map((value, index) => Math.abs(value - own[0]![index]!)));
    t.true(apart < 1e-4, `${apart} nats apart`);
  });
}
