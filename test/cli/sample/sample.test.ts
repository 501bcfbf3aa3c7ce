import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout} from 'node:timers/promises';
import test from 'ava';
import {makeProblems} from '../../../scripts/arithmetic/problems.js';
import {sendEvents, serveCompletions} from '../../generate/completion-stub.js';
import {arithmeticPair} from '../../helpers/pairs.js';
import {temporaryDirectory} from '../../helpers/temporary-directory.js';
import {ended, parseLines, runCli, startCli} from '../cli-process.js';
import {runCliHere} from '../run-in-process.js';

interface SampledLine {
  id: string;
  prompt: string;
  reference?: string;
  source?: string;
  responses: {
    text: string;
    answer: string | null;
    correct?: boolean;
    complete: boolean;
    reason: string;
    tokens: number;
  }[];
}

const model = ['--model', arithmeticPair().reference, '--gpu', 'off', '--threads', '1'];
const problems = makeProblems({count: 8, seed: 5});
const lines = problems.map(problem => `${JSON.stringify({...problem, source: 'seed 5'})}\n`);
const directory = temporaryDirectory();
const file = (name: string) => path.join(directory, name);
await writeFile(file('problems.jsonl'), lines.join(''));

/** A run that nothing disturbs, to compare with. */
const whole = await runCli([
  'sample',
  file('problems.jsonl'),
  '-n',
  '3',
  '--seed',
  '9',
  ...model,
  '-o',
  file('whole.jsonl'),
]);
const wholeText = await readFile(file('whole.jsonl'), 'utf8');

test('each problem gets its responses, labelled by their answers', t => {
  t.is(whole.code, 0, whole.stderr);
  const sampled = parseLines<SampledLine>(wholeText);
  t.deepEqual(
    sampled.map(({prompt}) => prompt),
    problems.map(({prompt}) => prompt),
  );
  for (const {responses, reference, source} of sampled) {
    t.is(source, 'seed 5');
    t.is(responses.length, 3);
    for (const {text, answer, correct, complete, tokens} of responses) {
      t.is(complete, true);
      t.is(tokens, text.length + 1);
      t.is(answer, /Answer: (\S+)/u.exec(text)?.[1] ?? null);
      t.is(correct, answer === reference);
    }
  }

  const all = sampled.flatMap(({responses}) => responses);
  const right = all.filter(({correct}) => correct).length;
  t.true(right > 0 && right < all.length);
  t.regex(whole.stderr, /24 responses to 8 problems, [\d.]+ % right, [\d,]+ tokens, [\d,]+ tokens\/s/u);
});

test('after kill -9 a resumed run ends with the same responses', async t => {
  const output = file('killed.jsonl');
  const args = ['sample', file('problems.jsonl'), '-n', '3', '--seed', '9', ...model, '-o', output];
  const child = startCli(args);
  const end = ended(child);
  const done = async () => (await readFile(output, 'utf8').catch(() => '')).split('\n').length - 1;
  while ((await done()) < 2 && child.exitCode === null) {
    await setTimeout(20);
  }

  child.kill('SIGKILL');
  t.is((await end).code, null);
  const before = await done();
  t.true(before >= 2 && before < problems.length);
  const resumed = await runCliHere([...args, '--resume']);
  t.is(resumed.code, 0, resumed.stderr);
  t.is(await readFile(output, 'utf8'), wholeText);
  const others = await runCliHere([...args.map(arg => (arg === '9' ? '10' : arg)), '--resume']);
  t.is(others.code, 1);
  t.regex(others.stderr, /--seed/u);
});

test('shards sample what one process would', async t => {
  const outputs = [file('shard-1.jsonl'), file('shard-2.jsonl')];
  for (const [index, output] of outputs.entries()) {
    const shard = ['--shard', `${index + 1}/2`, '-o', output];
    const {code, stderr} = await runCliHere([
      'sample',
      file('problems.jsonl'),
      '-n',
      '3',
      '--seed',
      '9',
      ...model,
      ...shard,
    ]);
    t.is(code, 0, stderr);
  }

  const merged = await runCliHere(['merge', ...outputs, '-o', file('merged.jsonl')]);
  t.is(merged.code, 0, merged.stderr);
  t.is(await readFile(file('merged.jsonl'), 'utf8'), wholeText);
});

test('score and eval best-of-n take what sample writes', async t => {
  const pair = ['--bundled', '--gpu', 'off', '--threads', '1'];
  const scored = await runCliHere(['score', ...pair, file('whole.jsonl')]);
  t.is(scored.code, 0, scored.stderr);
  const [first] = parseLines<{results: {correct: boolean; score: number}[]}>(scored.stdout);
  t.is(first!.results.length, 3);
  t.is(typeof first!.results[0]!.correct, 'boolean');
  const evaluated = await runCliHere(['eval', 'best-of-n', ...pair, file('whole.jsonl')]);
  t.is(evaluated.code, 0, evaluated.stderr);
});

test('a prefix begins every response, a stop text ends it, and what is cut off is marked', async t => {
  const input = '{"prompt":"Compute 19 + 16 - 20"}\n';
  const options = ['-n', '2', '--prefix', 'Step 1: ', '--stop', String.raw`\n\n`, '--quiet'];
  const {code, stdout, stderr} = await runCliHere(['sample', ...model, ...options], {input});
  t.is(code, 0, stderr);
  t.is(stderr, '');
  const [{responses}] = parseLines<SampledLine>(stdout) as [SampledLine];
  for (const {text, complete, reason, correct} of responses) {
    t.regex(text, /^Step 1: [^\n]+$/u);
    t.deepEqual([complete, reason, correct], [true, 'stop', undefined]);
  }

  const cut = await runCliHere(['sample', ...model, '--max-tokens', '4', '-n', '2'], {input});
  t.true(
    parseLines<SampledLine>(cut.stdout)[0]!.responses.every(
      ({complete, reason}) => !complete && reason === 'length',
    ),
  );
  t.regex(cut.stderr, /2 cut off/u);
});

test('a server writes as well, and its key is nowhere to be seen', async t => {
  const stub = await serveCompletions('vllm', {
    '/v1/completions': ({n, seed}, response) =>
      sendEvents(response, [
        ...Array.from({length: Number(n)}, (_, index) => ({
          choices: [
            {
              index,
              text: `seed ${Number(seed) + index}\nAnswer: ${index}`,
              finish_reason: 'stop',
              stop_reason: null,
            },
          ],
        })),
        {choices: [], usage: {prompt_tokens: 3, completion_tokens: 20}},
      ]),
  });
  t.teardown(stub.close);
  const input = '{"prompt":{"raw":"1 - 1 ="},"reference":0}\n';
  const env = {IMPLICIT_PRM_API_KEY: 'sk-secret'};
  const {code, stdout, stderr} = await runCliHere(['sample', '--url', stub.url, '-n', '2'], {input, env});
  t.is(code, 0, stderr);
  t.is(stub.requests.at(-1)!.headers.authorization, 'Bearer sk-secret');
  const [{responses}] = parseLines<SampledLine>(stdout) as [SampledLine];
  t.deepEqual(
    responses.map(({answer, correct}) => [answer, correct]),
    [
      ['0', true],
      ['1', false],
    ],
  );
  t.false(`${stdout}${stderr}`.includes('secret'));
});

for (const [args, message] of [
  [[], /--model <model>/u],
  [['--model', 'a.gguf', '--url', 'http://127.0.0.1:1'], /cannot be used with/u],
  [['--model', 'a.gguf', '--temperature', '-1'], /--temperature/u],
  [['--model', 'a.gguf', '-n', '0'], /--count/u],
  [['--model', 'a.gguf', '--shard', '1/2'], /--output/u],
] as const) {
  test(`wrong use is told: sample ${args.join(' ')}`, async t => {
    const {code, stderr} = await runCliHere(['sample', ...args]);
    t.is(code, 2);
    t.regex(stderr, message);
  });
}
