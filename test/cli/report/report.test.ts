import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {gzipSync} from 'node:zlib';
import test from 'ava';
import {requireReportPlace} from '../../../lib/cli/report/require-place.js';
import type {ReportData} from '../../../lib/report/data/types.js';
import {madeResponse} from '../../helpers/made-response.js';
import {temporaryDirectory} from '../../helpers/temporary-directory.js';
import {parseLines, runCli} from '../cli-process.js';
import {runCliHere} from '../run-in-process.js';

const directory = temporaryDirectory();
const inDirectory = (name: string) => path.join(directory, name);

function written(name: string, content: string | Uint8Array): string {
  writeFileSync(inDirectory(name), content);
  return inDirectory(name);
}

/** A line as `score --tokens` writes it. */
function resultLine(fields: object, text = 'Step one.\n\nAnswer: 5'): string {
  const {tokens, ...rest} = madeResponse(text);
  const columns = Object.entries(tokens).map(([name, column]) => [name, Array.from(column ?? [])]);
  return `${JSON.stringify({...fields, ...rest, tokens: Object.fromEntries(columns)})}\n`;
}

function dataOf(page: string): ReportData {
  return JSON.parse(/id="data">(.*?)<\/script>/su.exec(page)![1]!);
}

test('report merges its files, compressed or not, and counts lines that could not be scored', async t => {
  const parts = [
    written('a.jsonl', `${resultLine({prompt: 'x', id: 1})}\n{"line":2,"error":"too long"}\n`),
    written('b.jsonl.gz', gzipSync(resultLine({prompt: 'x', id: 2, reference: 5}))),
  ];
  const file = inDirectory('merged.html');
  const {code, stderr} = await runCliHere(['report', ...parts, '-o', file]);
  t.is(stderr, `implicit-prm: a report on 2 lines is in ${file}\n`);
  t.is(code, 0);
  const {title, skipped, prompts, responses} = dataOf(readFileSync(file, 'utf8'));
  t.deepEqual({title, skipped}, {title: 'a.jsonl', skipped: 1});
  t.deepEqual(
    prompts.map(({count}) => count),
    [2],
  );
  t.deepEqual(
    responses.map(({id, correct}) => [id, correct]),
    [
      ['1', null],
      ['2', true],
    ],
  );
});

test('report reads stdin, writes stdout and takes a title', async t => {
  const title = '</title><script>';
  const {code, stdout} = await runCli(['report', '-', '-o', '-', '--title', title], {input: resultLine({})});
  t.is(code, 0);
  t.is(dataOf(stdout).title, title);
});

test('a line that is no result of score --tokens is told with its place', async t => {
  const {tokens: _tokens, ...rest} = JSON.parse(resultLine({}));
  const file = written('plain.jsonl', `\n${resultLine({})}${JSON.stringify(rest)}\n`);
  const {code, stderr} = await runCliHere(['report', file, '-o', inDirectory('none.html')]);
  t.is(code, 1);
  t.true(
    stderr.startsWith(`implicit-prm: ${file}:3: tokens in the line: expected tokens, as score --tokens`),
  );
});

test('a report replaces a report, but no other file', async t => {
  const results = written('results.jsonl', resultLine({}));
  const {code, stderr} = await runCliHere(['report', results, '-o', results]);
  t.is(code, 1);
  t.is(stderr, `implicit-prm: cannot write ${results}: the results are in it\n`);
  await t.throwsAsync(
    requireReportPlace(written('notes.txt', 'mine'), {overwrite: false, others: [results]}),
    {message: /notes\.txt: it is not empty, and no report; --overwrite replaces it/u},
  );
  const page = written('old.html', '<!doctype html>\n<meta name="generator" content="implicit-prm report">');
  t.is((await runCliHere(['report', results, '-o', page])).code, 0);
  t.is(dataOf(readFileSync(page, 'utf8')).responses.length, 1);
});

test('score --report writes the results and a page of them, earlier ones included', async t => {
  const results = inDirectory('scored.jsonl');
  const page = inDirectory('scored.html');
  const lines = ['2', '3'].map(text => ({
    prompt: 'Compute 1 + 1',
    reference: '2',
    responses: [`Answer: ${text}`, {text: 'Answer: 4', correct: false}],
  }));
  const score = ['score', '--bundled', '--gpu', 'off', '--threads', '1', '--report', page];
  const text = lines.map(line => `${JSON.stringify(line)}\n`);
  const piped = await runCliHere(score, {input: text[0]!});
  t.deepEqual({code: piped.code, stderr: piped.stderr}, {code: 0, stderr: ''});
  t.is(parseLines(piped.stdout).length, 1);
  t.deepEqual(
    dataOf(readFileSync(page, 'utf8')).responses.map(({correct}) => correct),
    [true, false],
  );
  await runCliHere([...score, '--output', results], {input: text[0]!});
  const resumed = await runCliHere([...score, '--output', results, '--resume'], {input: text.join('')});
  t.is(resumed.code, 0);
  t.is(parseLines(readFileSync(results, 'utf8')).length, 2);
  t.deepEqual(
    dataOf(readFileSync(page, 'utf8')).responses.map(({correct}) => correct),
    [true, false, false, false],
  );
});
