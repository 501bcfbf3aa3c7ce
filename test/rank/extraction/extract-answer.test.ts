import test from 'ava';
import fc from 'fast-check';
import {InvalidInputError} from '../../../lib/errors/invalid-input-error.js';
import type {AnswerExtractor} from '../../../lib/rank/extraction/answer-extractor.js';
import {extractAnswer} from '../../../lib/rank/extraction/extract-answer.js';
import {cpuTimeOf} from '../../helpers/cpu-time.js';
import {readData} from '../../helpers/golden.js';

for (const {kind, text, answer} of readData<{kind: string; text: string; answer: string}>(
  'answer-extraction.jsonl',
)) {
  test(`${kind}: finds ${answer} in ${JSON.stringify(text)}`, t => t.is(extractAnswer(text), answer));
}

const cases: ReadonlyArray<readonly [string, string, AnswerExtractor | undefined, string | null]> = [
  ['what a box holds', 'So it is $\\boxed{42}$.', 'boxed', '42'],
  ['the last of several boxes', '\\boxed{1} no, \\boxed{2}', 'boxed', '2'],
  ['an fbox too', '\\boxed{1} no, \\fbox{2}', 'boxed', '2'],
  ['nested braces', '\\boxed{\\frac{1}{x^{2}}} and {more}', 'boxed', '\\frac{1}{x^{2}}'],
  ['escaped braces', '\\boxed{\\{1, 2\\}} }', 'boxed', '\\{1, 2\\}'],
  ['an escaped brace that nothing closes', '\\boxed{\\{1, 2} }', 'boxed', '\\{1, 2'],
  ['a line end of LaTeX before the closing brace', '\\boxed{a\\\\} }', 'boxed', 'a\\\\'],
  ['a box in a box', '\\boxed{\\boxed{5}}', 'boxed', '5'],
  ['a box over two lines, trimmed', '\\boxed {\n  5\n}', 'boxed', '5'],
  ['the last box that is closed', '\\boxed{1} so \\boxed{\\frac{1}{2}', 'boxed', '1'],
  ['nothing from a box that is not closed', 'so \\boxed{\\frac{1}{2}', 'boxed', null],
  ['several boxes that are one answer', '$x = \\boxed{1}$ or $x = \\boxed{2}$.', 'boxed', '1 or 2'],
  ['boxes with a comma between', '\\boxed{1}, \\boxed{2}, \\boxed{3}', 'boxed', '1, 2, 3'],
  ['the last of boxes in two paragraphs', '\\boxed{1}\n\n\\boxed{2}', 'boxed', '2'],
  ['nothing from an empty box', '\\boxed{ }', 'boxed', null],
  ['nothing from \\boxedness', '\\boxedness{1}', 'boxed', null],
  ['nothing where there is no box', 'Answer: 42', 'boxed', null],
  ['an answer line', 'Step 1: 2 * 21 = 42\n\nAnswer: 42', 'answer-line', '42'],
  ['the last answer line', 'Answer: 41\nNo.\r\nAnswer: 42\r\nBye', 'answer-line', '42'],
  ['the last answer line that has an answer', 'Answer: 41\nAnswer:', 'answer-line', '41'],
  ['an answer line in any case', 'ANSWER : yes', 'answer-line', 'yes'],
  ['an answer in Markdown', '**Answer:** 42', 'answer-line', '42'],
  ['an answer line that is bold as a whole', '**Answer: 42.**', 'answer-line', '42'],
  ['a bold answer', '- **Answer**: `42`', 'answer-line', '42'],
  ['a final answer under a heading', '### Final answer: $x = 4.2$', 'answer-line', '$x = 4.2$'],
  [
    'a full stop within the answer',
    'Answer: The cat sat. The dog ran.',
    'answer-line',
    'The cat sat. The dog ran',
  ],
  ['the answer of a sentence', 'So the answer is 42. I hope that helps.', 'answer-line', '42'],
  ['a decimal of a sentence', 'Thus our final answer is: **3.14**.', 'answer-line', '3.14'],
  ['a sentence behind a label', 'Answer: the answer is 42. Bye.', 'answer-line', '42'],
  ['an answer in a code fence below its label', 'Answer:\n\n```text\n42\n```', 'answer-line', '42'],
  ['a field of JSON', '```json\n{\n  "answer": 42,\n  "sure": 0.9\n}\n```', undefined, '42'],
  ['a text in JSON', '{"final_answer": "\\\\frac{1}{2}"}', undefined, '\\frac{1}{2}'],
  ['LaTeX that JSON does not allow', '{"answer": "\\frac{1}{2} \\"x\\""}', undefined, '\\frac{1}{2} "x"'],
  ['a correction behind JSON', '{"answer": 1}\nNo, the answer is 2.', undefined, '2'],
  ['nothing from JSON in which the answer is a list', '{"answer": [1, 2]}', undefined, null],
  ['nothing from an answer in a sentence without is', 'This answer: none', 'answer-line', null],
  ['nothing from another word', 'Answered: 42\nThe answer isomorphic', 'answer-line', null],
  ['a correction behind a box', '\\boxed{1}\nAnswer: 2', undefined, '2'],
  ['a box behind an answer line', 'Answer: 2\nNo: \\boxed{1}', undefined, '1'],
  [
    'a box before a sentence that has no answer',
    '\\boxed{1}. I am sure the answer is right.',
    undefined,
    '1',
  ],
  ['what follows thinking', '<think>\\boxed{1}</think>Answer: 2', undefined, '2'],
  [
    'what follows thinking that began in the prompt',
    'Is it \\boxed{1}?\n</think>\n\nThe answer is 2.',
    undefined,
    '2',
  ],
  ['what stands before thinking that never ends', 'Answer: 2\n<think>or \\boxed{1}', undefined, '2'],
  [
    'what follows the thinking of gpt-oss',
    '<|channel|>analysis<|message|>\\boxed{1}<|end|><|start|>assistant<|channel|>final<|message|>Answer: 2<|return|>',
    undefined,
    '2',
  ],
  ['an answer in thinking where there is no other', '<think>The answer is 1.</think>', undefined, '1'],
  ['nothing behind the end of the turn', 'Answer: 2<|im_end|>\n<|im_start|>user\nAnswer: 3', undefined, '2'],
  ['no numbered heading', '#### 1. Add\n\nAnswer: 2', undefined, '2'],
  ['the last number', 'From 3 to 1,250.5 in all', 'last-number', '1,250.5'],
  ['a fraction as the last number', 'it is 3/4', 'last-number', '3/4'],
  ['no number in a word', 'x2y', 'last-number', null],
  ['the last formula', 'As $x = 3$, so \\(y = 4\\) is true', 'last-value', 'y = 4'],
  ['a number behind the last formula', 'As $x = 3$ there are 12 of them', 'last-value', '12'],
  ['what stands behind hash marks', 'It is 7.\n#### 1,700 ', 'hash-marks', '1,700'],
  ['what stands in a tag', '<answer>1</answer> no, <answer> 2 ', 'answer-tag', '2'],
  ['a French answer', 'Réponse : 42', undefined, '42'],
  ['a German answer', 'Die Antwort ist 42.', undefined, '42'],
  ['a Spanish answer', 'La respuesta final es 42.', undefined, '42'],
  ['a Russian answer', 'Ответ: 42', undefined, '42'],
  ['a Japanese answer', '答えは42です。', undefined, '42'],
  ['a Korean answer', '정답: 42', undefined, '42'],
  [
    'the value in a sentence behind a label',
    'Final Answer: The largest $n$ is 34. I hope it is correct.',
    undefined,
    '34',
  ],
  ['no calculation with words', 'Step 1: 40 + 2 = 42', undefined, null],
  ['no equation', '2a + 3b = 42', undefined, null],
  ['an answer line by default if there is no box', 'Answer: 2', undefined, '2'],
  ['an answer line by default if the box is empty', '\\boxed{}\nAnswer: 2', undefined, '2'],
  ['an answer line by default if the box is open', 'Answer: 2\n\\boxed{1', undefined, '2'],
  ['nothing from nothing', '', undefined, null],
  ['the first group of a RegExp', 'x\n#### 41\n#### 42 ', /#### (.*)/, '42'],
  ['the match of a RegExp without a group', '1 and 22 and', /\d+/, '22'],
  ['the match of a RegExp whose group took no part', 'yes', /yes|no(.)/, 'yes'],
  ['the last match of a RegExp that is not blank', '1 and 22 and', /\d*/g, '22'],
  ['the last match in spite of the flag y', '1 and 22', /\d+/y, '22'],
  ['nothing where a RegExp does not match', 'no number', /\d+/, null],
  ['what a function returns, trimmed', 'abc', text => ` ${text.length}\n`, '3'],
  ['nothing if a function returns null', 'abc', () => null, null],
  ['nothing if a function returns a blank', 'abc', () => ' ', null],
];

for (const [name, text, how, expected] of cases) {
  test(`extracts ${name}`, t => t.is(extractAnswer(text, how), expected));
}

test('a RegExp is left as it was', t => {
  const pattern = /\d+/g;
  pattern.lastIndex = 3;
  t.is(extractAnswer('1 22 333', pattern), '333');
  t.is(pattern.lastIndex, 3);
});

test('any boxed text with balanced braces is found', t => {
  const {balanced} = fc.letrec<{balanced: string}>(tie => ({
    balanced: fc.oneof(
      {maxDepth: 4},
      fc.string().map(text => text.replace(/[\\{}]/g, '')),
      fc.constantFrom('\\{', '\\}', '\\\\', '\\frac'),
      fc.tuple(tie('balanced'), tie('balanced')).map(([a, b]) => `${a}{${b}}`),
    ),
  }));
  fc.assert(
    fc.property(balanced, fc.string(), (answer, before) => {
      t.is(extractAnswer(`${before} \\boxed{${answer}} `, 'boxed'), answer.trim() || null);
    }),
  );
});

test('an unknown extractor is refused, with the known ones', t => {
  for (const how of ['box', 5, null, {}]) {
    const error = t.throws(() => extractAnswer('1', how as AnswerExtractor), {instanceOf: InvalidInputError});
    t.regex(error.message, /'boxed', 'answer-line', .*'last-number', a RegExp or a function/);
  }
});

test('a function that returns no text is refused, with what it returned', t => {
  const error = t.throws(() => extractAnswer('1', (() => 42) as never), {instanceOf: InvalidInputError});
  t.regex(error.message, /returned 42/);
});

test('a text that is none is refused', t => {
  t.throws(() => extractAnswer(undefined as never), {instanceOf: InvalidInputError, message: /undefined/});
});

test('what an extractor throws comes through', t => {
  const thrown = new Error('mine');
  const error = t.throws(() =>
    extractAnswer('1', () => {
      throw thrown;
    }),
  );
  t.is(error, thrown);
});

test('a megabyte of anything is no trouble', t => {
  const odd = [
    '\\boxed{',
    '\\boxed ',
    '{',
    '\\',
    ' ',
    '\n',
    '*',
    'the ',
    'answer ',
    'the answer is ',
    'Answer:',
    '. ',
  ];
  for (const piece of odd) {
    const text = piece.repeat(1e6 / piece.length);
    const time = cpuTimeOf(() => {
      extractAnswer(text);
      extractAnswer(`Answer${text}x`);
      extractAnswer(`the answer is${text}x`);
    });
    t.true(time < 10_000, JSON.stringify(piece));
  }
});
