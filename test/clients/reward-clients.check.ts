// The reward clients of trainers, their own code, against `implicit-prm serve` as a user starts it.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import process from 'node:process';
import {text} from 'node:stream/consumers';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {openPair, type ScoredResponse, scoreSteps} from '../../lib/index.js';
import {type GoldenCase, readData} from '../helpers/golden.js';
import {arithmeticPair, exact} from '../helpers/pairs.js';
import {pythonOf, pythonSettings} from '../helpers/python-environment.js';
import {serveCommand} from '../helpers/serve-command.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';
import {convertModel} from '../hugging-face/convert.js';

const {policy, reference} = arithmeticPair();
const rollouts = readData<GoldenCase>('logprobs.jsonl')
  .filter(({complete, responses}) => complete && responses.every(({steps}) => steps))
  .slice(0, 4)
  .flatMap(({prompt, templated, responses}) =>
    responses.slice(0, 3).map(response => ({prompt, templated, response: response.text})),
  );

let expected: ScoredResponse[];
let server: Awaited<ReturnType<typeof serveCommand>>;

test.before(async t => {
  t.timeout(300_000);
  await using pair = await openPair({policy, reference, gpu: false, threads: 1, ...exact});
  expected = [];
  for (const {prompt, response} of rollouts) {
    expected.push(await scoreSteps(pair, {prompt, response}));
  }

  server = await serveCommand('--policy', policy, '--reference', reference, '--gpu', 'off');
});
test.after.always(async () => server?.stop());

/** Runs a client on all rollouts, as a trainer has them: by the template, with the end of the turn. */
async function client<T>(script: string, ...args: string[]): Promise<T> {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(pythonOf('clients'), [file, ...args], {env: {...process.env, ...pythonSettings}});
  child.stdin.end(
    JSON.stringify(
      rollouts.map(({templated, response}) => ({
        prompt: templated,
        response: `${response}<|im_end|>`,
        label: '0',
      })),
    ),
  );
  const [output, log] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (output === '') {
    throw new Error(log);
  }

  return JSON.parse(output) as T;
}

const near = (one: number, other: number) => Math.abs(one - other) <= 0.05;

test("OpenRLHF's executor of rollouts gets rewards, probabilities and what it logs", async t => {
  const url = `${server.url}/get_reward`;
  const weights = convertModel(policy, temporaryDirectory());
  const got = await client<{reward: number[]; scores: number[]; extra_logs: Record<string, number[]>}[]>(
    'openrlhf_client.py',
    url,
    weights,
  );
  t.is(got.length, rollouts.length);
  for (const [index, {reward, scores, extra_logs: logs}] of got.entries()) {
    const {reward: sum, steps} = expected[index]!;
    t.true(near(reward[0]!, sum), `${reward} for ${sum}`);
    t.true(near(scores[0]!, steps.at(-1)!.probability));
    t.true(Object.values(logs).every(values => values.every(Number.isFinite)));
  }
});

test("slime's remote_rm gets the rewards", async t => {
  const got = await client<number[]>('slime_client.py', `${server.url}/reward`);
  t.is(got.length, rollouts.length);
  t.true(
    got.every((reward, index) => near(reward, expected[index]!.reward)),
    String(got),
  );
});
