import test from 'ava';
import {InvalidInputError, type ReportResult, toReport} from '../../lib/index.js';
import {buildReportData} from '../../lib/report/data/build.js';
import {madeResponse} from '../helpers/made-response.js';

const right = madeResponse('One step.\n\nAnswer: 5');
const wrong = madeResponse('Another step.\n\nAnswer: 6');

test('a report holds no text of a response outside its data, and no markup in it', t => {
  const text = '</script><script>alert(1)</script><!-- <b> "q" \u2028';
  const page = toReport([{prompt: text, id: text, results: [madeResponse(text)]}], {title: text});
  // The element of the data and that of the script.
  t.is(page.match(/<script/gu)!.length, 2);
  t.is(page.match(/<\/script/gu)!.length, 2);
  t.false(page.includes('<!--'));
  t.true(page.includes('<title>&lt;/script&gt;'));
  const [, json] = /<script type="application\/json" id="data">(.*?)<\/script>/su.exec(page)!;
  t.notRegex(json!, /[<\u2028]/u);
  t.is(JSON.parse(json!).responses[0].text, text);
});

test('a report can load nothing and run no other script', t => {
  t.regex(
    toReport([]),
    /content="default-src 'none'; script-src 'sha256-[^']+'; style-src 'unsafe-inline'; /u,
  );
});

test('surrogates that stand alone survive in the data', t => {
  const page = toReport([{...right, id: 'a\uD800b'}], {title: '\uDC00'});
  t.true(page.isWellFormed());
  t.true(page.includes(String.raw`"id":"a\ud800b"`));
});

test('answers and correctness are found out where they are not given', t => {
  const {responses, bestOfN, calibration} = buildReportData([
    {
      prompt: 'x',
      reference: '5.0',
      results: [right, wrong, {...right, correct: false}, {...wrong, answer: null}],
    },
  ]);
  t.deepEqual(
    responses.map(({answer, correct}) => ({answer, correct})),
    [
      {answer: '5', correct: true},
      {answer: '6', correct: false},
      {answer: '5', correct: false},
      {answer: null, correct: false},
    ],
  );
  t.deepEqual(bestOfN!.counts, [1, 2, 4]);
  t.is(
    calibration!.bins.reduce((sum, {count}) => sum + count, 0),
    4,
  );
});

test('without labels there is neither a best-of-N curve nor calibration', t => {
  const {bestOfN, calibration, responses} = buildReportData([right, wrong]);
  t.deepEqual({bestOfN, calibration}, {bestOfN: null, calibration: null});
  t.deepEqual(
    responses.map(({correct}) => correct),
    [null, null],
  );
});

test('a prompt with one response and one with an unlabelled response are left out of the best-of-N curve', t => {
  const {bestOfN} = buildReportData([
    {prompt: 'x', reference: '5', results: [right, wrong]},
    {prompt: 'y', reference: '5', results: [right]},
    {prompt: 'z', results: [{...right, correct: true}, wrong]},
  ]);
  t.is(bestOfN!.problems, 1);
});

test('responses to the same prompt are put together', t => {
  const {prompts, responses} = buildReportData([
    {...right, prompt: 'x', id: 1},
    {...right, prompt: [{role: 'user', content: 'y'}], id: 2},
    {...wrong, prompt: 'x', id: 3, reference: 6},
    {prompt: 'x', id: 'z', results: [wrong]},
    {prompt: {raw: [1, 2]}, results: [wrong]},
  ]);
  t.deepEqual(
    prompts.map(({id, text, reference, first, count}) => [id, text, reference, first, count]),
    [
      ['z', 'x', '6', 0, 3],
      [null, 'y', null, 3, 1],
      [null, '2 tokens', null, 4, 1],
    ],
  );
  t.deepEqual(
    responses.map(({id}) => id),
    ['1', '3', null, '2', null],
  );
});

test('a label is the first error where it can be', t => {
  const labels = [-1, 0, 1, 2, 'wrong', undefined].map(label => ({...right, label}));
  t.deepEqual(
    buildReportData(labels).responses.map(({firstError}) => firstError),
    [-1, 0, 1, null, null, null],
  );
});

const {tokens: _tokens, ...withoutTokens} = right;
const refusals: [title: string, result: unknown, message: RegExp][] = [
  ['no object', 7, /results\[1\]/u],
  ['no tokens', withoutTokens, /tokens in .*results\[1\]: expected tokens, as score --tokens writes them/u],
  ['no steps', {...right, steps: []}, /steps in .*results\[1\]/u],
  ['a step of something else', {...right, steps: [{text: 'x'}]}, /steps\.0\.start/u],
  ['a label of another type', {...right, correct: 'yes'}, /correct in .*expected boolean.*'yes'/u],
  ['candidates without any', {prompt: 'x', results: []}, /results in/u],
  ['a wrong candidate', {prompt: 'x', results: [right, withoutTokens]}, /results\.1\.tokens/u],
  [
    'fewer log-probabilities than tokens',
    {...right, tokens: {...right.tokens, policyLogprobs: [-1]}},
    /as many starts as log-probabilities/u,
  ],
  ['a log-probability that is none', {...right, tokens: {...right.tokens, policyLogprobs: [NaN]}}, /finite/u],
  ['another text', {...right, response: 'x'}, /starts of the tokens to ascend within the response/u],
];

for (const [title, result, message] of refusals) {
  test(`a result is refused: ${title}`, t => {
    const error = t.throws(() => toReport([right, result as ReportResult]), {instanceOf: InvalidInputError});
    t.regex(error.message, message);
  });
}
