import {writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {readReportLines} from '../../../lib/cli/report/read-lines.js';
import {scoreLine} from '../../../lib/cli/score/score-line.js';
import {InvalidInputError} from '../../../lib/errors/invalid-input-error.js';
import {withPair} from '../../helpers/pairs.js';
import {temporaryDirectory} from '../../helpers/temporary-directory.js';
import {parseLines} from '../cli-process.js';
import {runCliHere} from '../run-in-process.js';

const prompt = 'Compute 11 - 3 - (7 * 3)';
const directory = temporaryDirectory();
const options = {scoring: {}, complete: true, tokens: false};

function written(name: string, content: string | Uint8Array): string {
  const file = path.join(directory, name);
  writeFileSync(file, content);
  return file;
}

test('score reads an array, indented or not, as it reads lines', async t => {
  const records = [
    {prompt, response: 'Answer: -13'},
    {id: 2, prompt, responses: ['Answer: -13', {text: 'Answer: 3', correct: false}]},
  ];
  const bundled = ['score', '--bundled', '--gpu', 'off', '--threads', '1'];
  const lines = await runCliHere([...bundled, '-'], {
    input: records.map(one => `${JSON.stringify(one)}\n`).join(''),
  });
  const array = await runCliHere([...bundled, written('array.json', JSON.stringify(records, null, 1))]);
  t.is(array.stderr, '');
  t.deepEqual(parseLines(array.stdout), parseLines(lines.stdout));
});

const wrong: ReadonlyArray<readonly [string, string | object, RegExp]> = [
  [
    'a ProcessBench record',
    {id: 'x', problem: prompt, steps: ['Answer: -13'], label: -1},
    /^the line has no "prompt": it has "id", "problem", "steps", "label"; if "problem" is what is meant, call it "prompt"$/,
  ],
  ['a question', {question: prompt, answer: '-13'}, /has no "prompt".*"question".*call it "prompt"/],
  ['messages', {messages: []}, /has no "prompt".*if "messages" is what is meant/],
  ['a prompt alone', {prompt}, /^the line has no "response" or "responses" or "steps": it has "prompt"$/],
  ['an answer alone', {prompt, answer: '-13'}, /if "answer" is what is meant, call it "response"$/],
  [
    'a field in other letters',
    {Prompt: prompt, response: '1'},
    /no "prompt": it has "Prompt", "response"; if "Prompt" is what is meant, call it "prompt"$/,
  ],
  ['a text', '"a"', /^the line has to be an object of JSON, not 'a'$/],
  ['a list in an array', '["a"]', /^the line has to be an object of JSON, not \[ 'a' \]$/],
  [
    'a response with another field than its text',
    {prompt, responses: ['Answer: 3', {content: 'Answer: -13'}]},
    /^responses\.1 in the line has no "text": it has "content"; if "content" is what is meant, call it "text"$/,
  ],
  [
    'both ways to give responses',
    {prompt, response: '1', responses: ['1']},
    /has "responses" and "response": leave one/,
  ],
  ['a message without content', {prompt: [{role: 'user'}], response: '1'}, /but 0\.content is missing/],
  ['a response that is null', {prompt, response: null}, /^response in the line: .*received null/],
  ['a number for a prompt', {prompt: 5, response: '1'}, /^prompt in the line: expected a string, messages/],
  ['CSV', 'prompt,response', /looks like CSV/],
  ['a record of several lines', '{', /a record stands on one line/],
];

test('what is missing is named with what is there', async t => {
  await withPair({}, async pair => {
    for (const [what, line, message] of wrong) {
      const bytes = Buffer.from(typeof line === 'string' ? line : JSON.stringify(line));
      const error = await t.throwsAsync(
        scoreLine(pair, bytes, options),
        {instanceOf: InvalidInputError, message},
        what,
      );
      t.notRegex(error.message, /undefined/);
    }
  });
});

test('a report of what is not scored says so', async t => {
  const file = written('data.jsonl', `${JSON.stringify({prompt, response: 'Answer: 3'})}\n`);
  const error = await t.throwsAsync(readReportLines([file], new AbortController().signal));
  t.regex(error.message, /data\.jsonl:1: .*has no "reward" or "results".*not scored.*score --tokens/);
  t.notRegex(error.message, /undefined/);
});
