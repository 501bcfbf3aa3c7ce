import {execFile, spawnSync} from 'node:child_process';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import test from 'ava';
import {bundledPair, createServer, openPair, scoreSteps} from '../../lib/index.js';
import {exact} from '../helpers/pairs.js';

const folder = fileURLToPath(new URL('../../integrations/', import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;
const onPython = hasPython ? test : test.skip;

const pair = await openPair({...bundledPair(), gpu: false, threads: 1, ...exact});
const key = 'a key for tests';
const server = createServer(pair, {apiKey: key});
const {url} = await server.listen();
test.after.always(async () => {
  await server.close();
  await pair.close();
});

/** Runs a program beside the files and reads what it prints as JSON. */
async function python(program: string, variables: Record<string, string> = {}): Promise<unknown> {
  const {stdout} = await promisify(execFile)('python3', ['-c', program], {
    cwd: folder,
    env: {
      ...process.env,
      IMPLICIT_PRM_URL: url,
      IMPLICIT_PRM_API_KEY: key,
      PYTHONDONTWRITEBYTECODE: '1',
      ...variables,
    },
  });
  return JSON.parse(stdout);
}

const sum = 'Compute 2 + 3 * 4';
const right = 'Step 1: 3 * 4 = 12, so 2 + 12\n\nAnswer: 14';
const wrong = 'Step 1: 3 * 4 = 7, so 2 + 7\n\nAnswer: 9';
const other = 'Compute 9 - 1';

async function rewards(prompt: string, responses: string[]): Promise<number[]> {
  return (await scoreSteps(pair, {prompt, responses})).map(({reward}) => reward);
}

function isNear(one: number, another: number): boolean {
  return Math.abs(one - another) < 1e-3;
}

onPython('TRL gets the rewards of conversations, in the order of its completions', async t => {
  const user = (content: string) => [{role: 'user', content}];
  const said = (content: string) => [{role: 'assistant', content}];
  const prompts = [user(sum), user(other), user(sum)];
  const completions = [said(right), said('Answer: 8'), said(wrong)];
  const values = (await python(`
import json
from trl_reward import implicit_prm_reward
# As GRPOTrainer calls it, with a column of the data.
print(json.dumps(implicit_prm_reward(
    prompts=${JSON.stringify(prompts)},
    completions=${JSON.stringify(completions)},
    completion_ids=[[1], [2], [3]],
    level=[1, 2, 3],
)))`)) as number[];
  const [first, third] = await rewards(sum, [right, wrong]);
  const [second] = await rewards(other, ['Answer: 8']);
  t.is(values.length, 3);
  t.true(
    [first!, second!, third!].every((reward, index) => isNear(reward, values[index]!)),
    String(values),
  );
});

onPython('TRL gets the rewards of texts, which are scored as they are', async t => {
  const prompt = `${sum}\n`;
  const values = (await python(`
import json
from trl_reward import implicit_prm_reward
print(json.dumps(implicit_prm_reward(
    prompts=[${JSON.stringify(prompt)}], completions=[${JSON.stringify(right)}], completion_ids=[[1]]
)))`)) as number[];
  const {reward} = await scoreSteps(pair, {prompt: {raw: prompt}, response: right});
  t.true(isNear(values[0]!, reward));
});

onPython('veRL gets the reward and the worst step of a response', async t => {
  const {score, lowest_step: lowest} = (await python(`
import json
from verl_reward import implicit_prm_reward
print(json.dumps(implicit_prm_reward(
    data_source="arithmetic",
    solution_str=${JSON.stringify(wrong)},
    ground_truth="14",
    extra_info={"question": ${JSON.stringify(sum)}, "num_turns": None},
)))`)) as {score: number; lowest_step: number};
  const {reward, steps} = await scoreSteps(pair, {prompt: sum, response: wrong});
  t.true(isNear(score, reward), `${score} for ${reward}`);
  t.true(isNear(lowest, Math.min(...steps.map(step => step.reward))));
});

onPython('veRL is told that the data lack the question', async t => {
  const error = await t.throwsAsync(
    python(`
from verl_reward import implicit_prm_reward
implicit_prm_reward("arithmetic", ${JSON.stringify(right)}, "14", {})`),
  );
  t.regex(error.message, /extra_info\["question"\] is missing in the data of 'arithmetic'/u);
});

onPython('a wrong key is an error that says so', async t => {
  const program = `
from trl_reward import implicit_prm_reward
implicit_prm_reward(["2 + 2"], ["4"], completion_ids=[[1]])`;
  const error = await t.throwsAsync(python(program, {IMPLICIT_PRM_API_KEY: 'another'}));
  t.regex(error.message, /answered 401/u);
});
