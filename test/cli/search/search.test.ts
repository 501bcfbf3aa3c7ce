import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout} from 'node:timers/promises';
import test from 'ava';
import {makeProblems} from '../../../scripts/arithmetic/problems.js';
import {serveCompletions} from '../../generate/completion-stub.js';
import {nearlyEqual} from '../../helpers/nearly-equal.js';
import {arithmeticPair} from '../../helpers/pairs.js';
import {temporaryDirectory} from '../../helpers/temporary-directory.js';
import {ended, parseLines, runCli, startCli} from '../cli-process.js';
import {runCliHere} from '../run-in-process.js';

interface SearchedLine {
  prompt: string;
  reference: string;
  source: string;
  method: string;
  n: number;
  answer: string | null;
  correct: boolean;
  answers: Record<'best' | 'majority' | 'weighted', {answer: string | null; correct: boolean}>;
  best: {node: number; text: string; complete: boolean; score: number; steps: {reward: number; q: number}[]};
  responses: {
    text: string;
    answer: string | null;
    correct: boolean;
    complete: boolean;
    searchScore: number;
  }[];
  usage: {generated: number; evaluated: number; scored: number};
  ended: string;
  tree?: {children: unknown[]};
}

const {policy, reference} = arithmeticPair();
// With keys and values this exact, what else is in the cache changes rewards by some 1e-5.
const models = [
  '--policy',
  policy,
  '--reference',
  reference,
  '--gpu',
  'off',
  '--threads',
  '1',
  '--kv-cache-type',
  'f32',
];
const problems = makeProblems({count: 6, seed: 6});
const directory = temporaryDirectory();
const file = (name: string) => path.join(directory, name);
await writeFile(
  file('problems.jsonl'),
  problems.map(problem => `${JSON.stringify({...problem, source: 'seed 6'})}\n`).join(''),
);

/** A search that nothing disturbs, to compare with. */
const search = [
  'search',
  file('problems.jsonl'),
  '--method',
  'beam',
  '-n',
  '4',
  '--beam-width',
  '2',
  ...models,
];
const whole = await runCli([...search, '--seed', '9', '-o', file('whole.jsonl')]);
const wholeText = await readFile(file('whole.jsonl'), 'utf8');

test('each problem gets its best response with steps and rewards, and all that were finished', t => {
  t.is(whole.code, 0, whole.stderr);
  t.is(whole.stderr, '');
  const lines = parseLines<SearchedLine>(wholeText);
  t.deepEqual(
    lines.map(({prompt}) => prompt),
    problems.map(({prompt}) => prompt),
  );
  for (const {best, answer, correct, answers, responses, usage, reference: right, ...line} of lines) {
    t.like(line, {source: 'seed 6', method: 'beam', n: 4, ended: 'done'});
    t.false('tree' in line);
    t.deepEqual({answer, correct}, answers.best);
    t.is(correct, answer === right);
    t.is(best.score, Math.min(...best.steps.map(({reward}) => reward)));
    t.is(best.score, Math.max(...responses.map(({searchScore}) => searchScore)));
    t.true(responses.length > 0 && responses.every(({complete}) => complete));
    t.true(responses.some(({text}) => text === best.text));
    t.true(usage.generated > 0 && usage.scored > 0);
  }
});

test('the table at the end tells how many are right and what they took', async t => {
  const lines = parseLines<SearchedLine>(wholeText);
  const right = (100 * lines.filter(({correct}) => correct).length) / lines.length;
  t.regex(whole.stdout, /6 problems, \d+ finished responses\n/u);
  t.true(whole.stdout.includes(`beam, n = 4  ${String(Number(right.toFixed(1)))}`), whole.stdout);
  const printed = await runCliHere(['search', '--from-results', file('whole.jsonl')]);
  t.is(printed.stdout, whole.stdout);
  const json = await runCliHere([
    'search',
    '--json',
    '--from-results',
    file('whole.jsonl'),
    file('whole.jsonl'),
  ]);
  const runs = JSON.parse(json.stdout);
  t.is(runs.length, 2);
  t.like(runs[0], {method: 'beam', n: 4, problems: 6, judged: 6, skipped: 0, cutShort: 0});
  t.is(Math.round(600 * runs[0].accuracy.best.value), Math.round(6 * right));
  const generated = lines.reduce((sum, {usage}) => sum + usage.generated, 0);
  t.is(runs[0].usage.generated, generated / 6);
});

test('rows of the table that say the same have the names of their files', async t => {
  await writeFile(file('other.jsonl'), wholeText);
  const both = ['search', '--from-results', file('whole.jsonl'), file('other.jsonl')];
  const {stdout} = await runCliHere(both);
  t.regex(stdout, /^beam, n = 4, whole\.jsonl {2}.*\nbeam, n = 4, other\.jsonl {2}/mu);
});

test('after kill -9 a resumed search ends with the same results', async t => {
  const output = file('killed.jsonl');
  const args = [...search, '--seed', '9', '-o', output];
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
  t.true(isTheSame(await readFile(output, 'utf8')));
  t.is(resumed.stdout.split('\n')[2], whole.stdout.split('\n')[2]);
  const others = await runCliHere([...args, '--beam-width', '4', '--resume']);
  t.is(others.code, 1);
  t.regex(others.stderr, /--beam-width was 2 and is 4/u);
});

test('shards search for what one process would', async t => {
  const outputs = [file('shard-1.jsonl'), file('shard-2.jsonl')];
  for (const [index, output] of outputs.entries()) {
    const shard = ['--seed', '9', '--shard', `${index + 1}/2`, '-o', output];
    const {code, stdout, stderr} = await runCliHere([...search, ...shard]);
    t.deepEqual({code, stdout}, {code: 0, stdout: ''}, stderr);
  }

  const merged = await runCliHere(['merge', ...outputs, '-o', file('merged.jsonl')]);
  t.is(merged.code, 0, merged.stderr);
  t.true(isTheSame(await readFile(file('merged.jsonl'), 'utf8')));
});

test('score, eval best-of-n and search itself take what search writes', async t => {
  const scored = await runCliHere(['score', ...models, file('whole.jsonl')]);
  t.is(scored.code, 0, scored.stderr);
  const [first] = parseLines<{results: {correct: boolean; score: number}[]}>(scored.stdout);
  t.is(typeof first!.results[0]!.correct, 'boolean');
  const evaluated = await runCliHere([
    'eval',
    'best-of-n',
    ...models,
    '--no-cache',
    '--json',
    file('whole.jsonl'),
  ]);
  t.is(evaluated.code, 0, evaluated.stderr);
  t.is(JSON.parse(evaluated.stdout).problems, 6);
  const again = await runCliHere([
    ...search.slice(0, 1),
    file('whole.jsonl'),
    ...search.slice(2),
    '--seed',
    '9',
  ]);
  t.true(isTheSame(again.stdout));
  t.regex(again.stderr, /^beam, n = 4/mu);
});

test('with --tree all that was written is in the result, and a budget ends a search with what it has', async t => {
  const input = '{"prompt":"Compute 19 + 16 - 20"}\n';
  const options = ['--method', 'dvts', '-n', '4', '--tree', '--budget-tokens', '1', '--choose', 'majority'];
  const {code, stdout, stderr} = await runCliHere(['search', ...models, ...options, '--quiet'], {input});
  t.deepEqual({code, stderr}, {code: 0, stderr: ''});
  const [line] = parseLines<SearchedLine & {budget: object}>(stdout) as [SearchedLine & {budget: object}];
  t.like(line, {ended: 'tokens', budget: {tokens: 1}, answer: null});
  t.false('correct' in line);
  t.false(line.best.complete);
  t.true(line.responses.length > 0 && line.responses.every(({text}) => text === line.best.text));
  t.true(line.tree!.children.length > 0);
});

test('a server writes as well, and its key is nowhere to be seen', async t => {
  const stub = await serveCompletions('vllm', {
    '/v1/completions': ({n}, response) => {
      response.setHeader('content-type', 'text/event-stream');
      const choices = Array.from({length: Number(n)}, (_, index) => ({
        index,
        text: `Answer: ${index}`,
        finish_reason: 'stop',
        stop_reason: null,
      }));
      response.end(`data: ${JSON.stringify({choices})}\n\ndata: [DONE]\n\n`);
    },
  });
  t.teardown(stub.close);
  const input = '{"prompt":{"raw":"1 - 1 ="},"reference":0}\n';
  const env = {IMPLICIT_PRM_API_KEY: 'sk-secret'};
  const args = ['search', ...models, '--generator-url', stub.url, '-n', '2'];
  const {code, stdout, stderr} = await runCliHere(args, {input, env});
  t.is(code, 0, stderr);
  t.deepEqual(
    parseLines<SearchedLine>(stdout)[0]!.responses.map(({answer, correct}) => [answer, correct]),
    [
      ['0', true],
      ['1', false],
    ],
  );
  t.false(`${stdout}${stderr}`.includes('secret'));
});

for (const [args, message] of [
  [['--method', 'beam', '-n', '6'], /multiple of --beam-width/u],
  [['--lookahead', '1'], /'--lookahead <steps>' is for --method beam, dvts, not bestOfN/u],
  [['--method', 'widest'], /bestOfN, beam, dvts, mcts/u],
  [['--model', 'a.gguf', '--generator-url', 'http://127.0.0.1:1'], /cannot be used with/u],
  [['--from-results', 'a.jsonl', '-o', 'b.jsonl'], /'--from-results <files\.\.\.>' cannot be used/u],
  [['--shard', '1/2'], /--output/u],
  [['--watch'], /'--watch' needs a terminal/u],
  [['--watch', '--quiet'], /'--watch' cannot be used with option '--quiet'/u],
] as const) {
  test(`wrong use is told: search ${args.join(' ')}`, async t => {
    const {code, stderr} = await runCliHere(['search', '--bundled', ...args]);
    t.is(code, 2);
    t.regex(stderr, message);
  });
}

test('without a reference somebody has to write', async t => {
  const {code, stderr} = await runCliHere(['search', '--policy', policy]);
  t.is(code, 2);
  t.regex(stderr, /--model <model>.*no reference/u);
});

test('what is no output of search is told from it', async t => {
  const {code, stderr} = await runCliHere(['search', '--from-results', file('problems.jsonl')]);
  t.is(code, 1);
  t.regex(stderr, /problems\.jsonl:1: .*method/u);
});

/** What is in a cache depends on what came before, and changes the last digits of rewards, and what has to be evaluated. */
function isTheSame(text: string): boolean {
  const compared = (lines: string) =>
    parseLines<SearchedLine>(lines).map(({usage: {generated}, ...line}) => ({...line, generated}));
  return nearlyEqual(compared(text), compared(wholeText), 1e-3);
}
