import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {
  bundledPair,
  type PairOptions,
  type ScoredResponse,
  type ScoreOptions,
  scoreSteps,
} from '../../../lib/index.js';
import {readData, type Trace} from '../../helpers/golden.js';
import {arithmeticPair, withPair} from '../../helpers/pairs.js';
import {textFile} from '../../helpers/tiny-models.js';
import {ended, parseLines, runCli, startCli} from '../cli-process.js';
import {runCliHere} from '../run-in-process.js';

type ScoredLine = Omit<ScoredResponse, 'tokens'> & {
  id?: unknown;
  results?: ScoredLine[];
  tokens?: Record<string, number[]>;
};

const directory = mkdtempSync(path.join(tmpdir(), 'iprm-cli-'));
test.after.always(() => rmSync(directory, {recursive: true}));

// With an F16 cache a reward depends a little on what the pair has in its cache.
const tolerance = 2e-3;
const traces = readData<Trace>('traces.jsonl').slice(0, 3);
const [first] = traces as [Trace];
const bundled = ['score', '--bundled', '--gpu', 'off', '--threads', '1'];
const jsonLines = (...values: unknown[]) => values.map(value => `${JSON.stringify(value)}\n`).join('');
const scored = async (
  {prompt, response}: Trace,
  options?: ScoreOptions,
  files: Partial<PairOptions> = bundledPair(),
) => withPair(files, async pair => scoreSteps(pair, {prompt, response}, options));

function written(name: string, content: string | Uint8Array): string {
  const file = path.join(directory, name);
  writeFileSync(file, content);
  return file;
}

test('a file is scored to stdout, a line for a line, as scoreSteps does', async t => {
  const {code, stdout, stderr} = await runCli([...bundled, written('traces.jsonl', jsonLines(...traces))]);
  t.is(code, 0);
  t.is(stderr, '');
  const lines = parseLines<ScoredLine>(stdout);
  t.is(lines.length, traces.length);
  for (const [index, trace] of traces.entries()) {
    const {tokens: _tokens, ...wanted} = await scored(trace);
    const {label, correct, answer, reference, ...got} = lines[index]! as ScoredLine & Record<string, unknown>;
    const {
      steps: _steps,
      prompt: _prompt,
      response: _response,
      ...kept
    } = trace as Trace & Record<string, unknown>;
    t.deepEqual({id: got.id, label, correct, answer, reference}, kept as never);
    t.is(got.response, wanted.response);
    t.deepEqual(Object.keys(got.steps[0]!), Object.keys(wanted.steps[0]!));
    t.true(Math.abs(got.reward - wanted.reward) < tolerance);
    t.true(Math.abs(got.score - wanted.score) < tolerance);
    t.is(got.tokens, undefined);
  }
});

test('stdin is read without a file and for -', async t => {
  const {prompt, response} = first;
  const input = jsonLines({prompt, response});
  const without = await runCli(bundled, {input});
  const dash = await runCli([...bundled, '-'], {input});
  t.is(without.code, 0);
  t.is(parseLines(without.stdout).length, 1);
  t.is(dash.stdout, without.stdout);
});

test('the last line needs no line end, blank lines and CRLF are nothing special', async t => {
  const {prompt, response} = first;
  const line = JSON.stringify({prompt, response});
  const {code, stdout} = await runCliHere(bundled, {input: `\n${line}\r\n \t\r\n\n${line}`});
  t.is(code, 0);
  t.is(parseLines(stdout).length, 2);
});

test('--output --overwrite writes a file in place of what it held', async t => {
  const file = written('out.jsonl', 'old content\n'.repeat(1000));
  const {code, stdout} = await runCliHere([...bundled, '--output', file, '--overwrite'], {
    input: jsonLines(first),
  });
  t.is(code, 0);
  t.is(stdout, '');
  t.is(parseLines(readFileSync(file, 'utf8')).length, 1);
});

test('--output alone does not replace what a file holds', async t => {
  const file = written('held.jsonl', 'old content');
  const {code, stderr} = await runCliHere([...bundled, '--output', file], {input: jsonLines(first)});
  t.is(code, 1);
  t.regex(
    stderr,
    /cannot write .*held\.jsonl: it is not empty; --resume goes on with it, --overwrite replaces/u,
  );
  t.is(readFileSync(file, 'utf8'), 'old content');
});

test('--overwrite keeps what the file held if the models cannot be loaded', async t => {
  const file = written('kept.jsonl', 'old content\nof no end');
  const {code} = await runCliHere(['score', '--policy', 'nope.gguf', '--output', file, '--overwrite'], {
    input: jsonLines(first),
  });
  t.is(code, 1);
  t.is(readFileSync(file, 'utf8'), 'old content\nof no end');
});

test('--output refuses the file that is read', async t => {
  const file = written('both.jsonl', jsonLines(first));
  const {code, stderr} = await runCliHere([...bundled, '--output', file, file]);
  t.is(code, 1);
  t.regex(stderr, /^implicit-prm: cannot write .*both\.jsonl: it is the file that is read\n$/u);
  t.is(readFileSync(file, 'utf8'), jsonLines(first));
});

test('other fields are passed on as they were written', async t => {
  const fields = String.raw`"id":12345678901234567890,"ratio":1.50,"nested": {"a": [1, "]}\""], "prompt": null}`;
  const {prompt, response} = first;
  const line = `{${fields},"prompt":${JSON.stringify(prompt)},"response":${JSON.stringify(response)}}`;
  const {code, stdout} = await runCliHere(bundled, {input: `${line}\n`});
  t.is(code, 0);
  t.true(
    stdout.startsWith(
      String.raw`{"id":12345678901234567890,"ratio":1.50,"nested":{"a": [1, "]}\""], "prompt": null},"prompt":"Compute`,
    ),
  );
  t.deepEqual(Object.keys(JSON.parse(stdout)), [
    'id',
    'ratio',
    'nested',
    'prompt',
    'response',
    'steps',
    'reward',
    'score',
    'rendering',
    'unscored',
  ]);
});

test('many responses make a list of results', async t => {
  const {prompt} = first;
  const responses = [first.response, 'Answer: 1'];
  const {stdout} = await runCliHere(bundled, {input: jsonLines({id: 'n', prompt, responses})});
  const [line] = parseLines<ScoredLine>(stdout);
  t.deepEqual(Object.keys(line!), ['id', 'prompt', 'results']);
  t.deepEqual(
    line!.results!.map(({response}) => response),
    responses,
  );
  t.true(Math.abs(line!.results![0]!.reward - (await scored(first)).reward) < tolerance);
});

test('a response in a list may be an object, whose other fields are passed on as they were written', async t => {
  const responses = `["Answer: 1", { "id":12345678901234567890, "text":"Answer: 2", "label": {"a":"]"} }]`;
  const {stdout} = await runCliHere(bundled, {
    input: `{"prompt":"Compute 1 + 1","responses":${responses}}\n`,
  });
  t.true(stdout.startsWith('{"prompt":"Compute 1 + 1","results":[{"response":"Answer: 1",'));
  t.true(stdout.includes('{"id":12345678901234567890,"label":{"a":"]"},"response":"Answer: 2","steps":['));
});

test('steps, messages, raw prompts and unfinished responses are scored', async t => {
  const {prompt, response, steps} = first;
  const raw = `<|im_start|>user\n${prompt}<|im_end|>\n<|im_start|>assistant\n`;
  const {code, stdout} = await runCliHere([...bundled, '--incomplete'], {
    input: jsonLines(
      {prompt, steps, complete: true},
      {prompt: [{role: 'user', content: prompt}], response, complete: true},
      {prompt: {raw}, response, complete: true},
      {prompt, response},
    ),
  });
  t.is(code, 0);
  const lines = parseLines<ScoredLine>(stdout);
  const {reward} = await scored(first);
  for (const line of lines.slice(0, 3)) {
    t.true(Math.abs(line.reward - reward) < tolerance);
  }

  // The end-of-turn token is one token of the last step.
  const ends = lines.map(line => line.steps.at(-1)!.tokenEnd);
  t.deepEqual(ends, [ends[0]!, ends[0]!, ends[0]!, ends[0]! - 1]);
});

test('--tokens adds the tokens as plain lists', async t => {
  const {stdout} = await runCliHere([...bundled, '--tokens'], {input: jsonLines(first)});
  const [{tokens}] = parseLines<Required<ScoredLine>>(stdout) as [Required<ScoredLine>];
  const wanted = (await scored(first)).tokens;
  t.deepEqual(tokens.ids, Array.from(wanted.ids));
  t.deepEqual(tokens.starts, Array.from(wanted.starts));
  t.is(tokens.policyLogprobs!.length, wanted.ids.length);
  t.is(tokens.referenceLogprobs!.length, wanted.ids.length);
});

test('the options of scoring reach scoreSteps', async t => {
  const args = [
    ...bundled,
    ...['--split', 'regex:, so .*\n\n', '--aggregate', 'mean', '--score-by', 'q'],
    ...['--beta-schedule', 'length-normalised', '--beta', '2', '--kv-cache-type', 'f32', '--threads', '1'],
  ];
  const {code, stdout, stderr} = await runCliHere(args, {
    input: jsonLines(traces[0], {...traces[0], steps: undefined}),
  });
  t.is(code, 0, stderr);
  const [given, split] = parseLines<ScoredLine>(stdout) as [ScoredLine, ScoredLine];
  t.is(given.steps.length, first.steps.length);
  const wanted = await scored(first, {
    split: /, so .*\n\n/mu,
    aggregate: 'mean',
    scoreBy: 'q',
    betaSchedule: 'length-normalised',
    beta: 2,
  });
  t.deepEqual(
    split.steps.map(({text}) => text),
    wanted.steps.map(({text}) => text),
  );
  t.true(Math.abs(split.score - wanted.score) < tolerance);
});

test('a separator on the command line may have line ends in it', async t => {
  const response = 'Step 1: 13. ки\nStep 2: 3. ки\n';
  const {code, stdout, stderr} = await runCli([...bundled, '--split', String.raw`string: ки\n`], {
    input: jsonLines({prompt: first.prompt, response}),
  });
  t.is(code, 0, stderr);
  const [{steps}] = parseLines<ScoredLine>(stdout) as [ScoredLine];
  t.deepEqual(
    steps.map(({text}) => text),
    ['Step 1: 13.', 'Step 2: 3.'],
  );
});

test('a pair is given by its files', async t => {
  const {policy, reference} = arithmeticPair();
  const args = ['score', '--policy', policy, '--reference', reference, '--gpu', 'off'];
  const {stdout} = await runCliHere(args, {input: jsonLines(first)});
  const wanted = await scored(first, {}, arithmeticPair());
  t.true(Math.abs(parseLines<ScoredLine>(stdout)[0]!.reward - wanted.reward) < tolerance);
});

const malformed: [string, string | Uint8Array, RegExp][] = [
  ['bad JSON', '{"prompt": "x"', /no valid JSON/u],
  ['no object', '[1, 2]', /an object of JSON, not \[ 1, 2 \]/u],
  ['no prompt', '{"response": "x"}', /the line has no "prompt": it has "response"/u],
  ['no response', '{"prompt": "x"}', /no "response" or "responses" or "steps": it has "prompt"/u],
  ['an empty response', '{"prompt": "x", "response": " "}', /white space/u],
  ['a response of the wrong kind', '{"prompt": "x", "response": 7}', /response in the line.*7/u],
  [
    'a field of a response that its result needs',
    '{"prompt": "x", "responses": [{"text": "y", "score": 1}]}',
    /field "score"/u,
  ],
  ['a field that its result needs', '{"prompt": "x", "response": "y", "score": 1}', /field "score"/u],
  [
    'too long a response',
    JSON.stringify({prompt: 'x', response: 'y'.repeat(1000)}),
    /does not fit the context/u,
  ],
  ['no UTF-8', Uint8Array.from([0x7b, 0xff, 0x7d]), /UTF-8/u],
];
for (const [what, line, message] of malformed) {
  test(`a line with ${what} stops with its place, and earlier results are kept`, async t => {
    const input = Buffer.concat([Buffer.from(`${jsonLines(first)}\n`), Buffer.from(line), Buffer.from('\n')]);
    const {code, stdout, stderr} = await runCliHere(bundled, {
      input: Buffer.concat([input, Buffer.from(jsonLines(first))]),
    });
    t.is(code, 1);
    t.is(parseLines(stdout).length, 1);
    t.regex(stderr, /^implicit-prm: <stdin>:3: [^\n]*\n$/u);
    t.regex(stderr, message);
  });
}

test('the place of a malformed line names its file', async t => {
  const file = written('malformed.jsonl', `${jsonLines(first)}{\n`);
  const {code, stdout, stderr} = await runCliHere([...bundled, file]);
  t.is(code, 1);
  t.is(parseLines(stdout).length, 1);
  t.true(stderr.startsWith(`implicit-prm: ${file}:2: `));
});

test('control characters reach stderr and the results only escaped', async t => {
  const {prompt} = first;
  const response = 'Answer: \u001B[31m\u009B1\u007F\u2028';
  const good = await runCliHere(bundled, {input: jsonLines({id: '\u009B', prompt, response})});
  t.notRegex(good.stdout, /[^\n\P{Cc}]|\u2028/u);
  t.is(parseLines<ScoredLine>(good.stdout)[0]!.response, response);
  t.is(parseLines<ScoredLine>(good.stdout)[0]!.id, '\u009B');
  const bad = await runCliHere([...bundled, 'no\u001B[31m\nfile']);
  t.is(
    bad.stderr,
    `${String.raw`implicit-prm: cannot read no\u{1b}[31m\nfile: no such file or directory`}\n`,
  );
});

test('no lines at all are no error, but said', async t => {
  t.deepEqual(await runCliHere(bundled), {
    code: 0,
    stdout: '',
    stderr: 'implicit-prm: <stdin> has no lines to score\n',
  });
  t.is((await runCliHere([...bundled, '--quiet'])).stderr, '');
});

const unusable: [string, string[], RegExp][] = [
  ['a file that is not there', [...bundled, 'nope.jsonl'], /cannot read nope\.jsonl: no such file/u],
  ['a folder for a file', [...bundled, 'examples'], /cannot read examples: it is a folder/u],
  [
    'an output in no folder',
    [...bundled, '--output', 'no/such/file'],
    /cannot write no\/such\/file: no such/u,
  ],
  ['a model that is not there', ['score', '--policy', 'nope.gguf'], /nope\.gguf: there is no such file/u],
  ['a model that is no GGUF', ['score', '--policy', textFile(directory)], /text\.gguf: it is no GGUF/u],
];
for (const [what, args, message] of unusable) {
  test(`${what} is told on one line, with exit code 1`, async t => {
    const {code, stdout, stderr} = await runCliHere(args, {input: jsonLines(first)});
    t.is(code, 1);
    t.is(stdout, '');
    t.regex(stderr, /^implicit-prm: [^\n]*\n$/u);
    t.regex(stderr, message);
  });
}

test('--verbose prints what llama.cpp logs, to stderr', async t => {
  const {stdout, stderr} = await runCliHere([...bundled, '--verbose'], {input: jsonLines(first)});
  t.is(parseLines(stdout).length, 1);
  t.regex(stderr, /^info: llama_model_loader: /mu);
});

test('a result is written before the next line is read', async t => {
  const child = startCli(bundled);
  const result = ended(child);
  child.stdin.write(jsonLines(first));
  await new Promise(resolve => child.stdout.once('data', resolve));
  child.stdin.end(jsonLines(first));
  t.is(parseLines((await result).stdout).length, 2);
});

test('Ctrl-C while lines are scored ends with code 130 and whole lines', async t => {
  const child = startCli(bundled);
  const result = ended(child);
  child.stdin.on('error', () => undefined);
  child.stdin.write(jsonLines(...readData<Trace>('traces.jsonl')));
  await new Promise(resolve => child.stdout.once('data', resolve));
  child.kill('SIGINT');
  const {code, stdout, stderr} = await result;
  t.is(code, 130);
  t.is(stderr, '');
  const {length} = parseLines(stdout);
  t.true(length > 0 && length < 600, String(length));
});

test('Ctrl-C while stdin is waited for ends with code 130', async t => {
  const child = startCli(bundled);
  const result = ended(child);
  child.stdin.write(jsonLines(first));
  await new Promise(resolve => child.stdout.once('data', resolve));
  child.kill('SIGINT');
  const {code, stdout, stderr} = await result;
  t.is(code, 130);
  t.is(stderr, '');
  t.is(parseLines(stdout).length, 1);
});

test('a reader that goes away before all was written is told of, and ends the scoring with code 141', async t => {
  const child = startCli(bundled);
  const result = ended(child);
  child.stdin.on('error', () => undefined);
  child.stdin.write(jsonLines(first));
  await new Promise(resolve => child.stdout.once('data', resolve));
  child.stdout.destroy();
  child.stdin.end(jsonLines(first, first));
  const {code, stderr} = await result;
  t.is(code, 141);
  t.is(stderr, 'implicit-prm: whoever read stdout went away before all was written\n');
});

test('no direction mark of an input turns the text of a terminal around', async t => {
  const {stdout} = await runCliHere(bundled, {input: jsonLines({...first, id: 'a\u202Eb\u2066c'})});
  t.true(stdout.includes(String.raw`"id":"a\u202eb\u2066c"`));
  t.is(parseLines(stdout)[0]!.id, 'a\u202Eb\u2066c');
});
