import test from 'ava';
import {InvalidInputError} from '../../lib/errors/invalid-input-error.js';
import {splitSteps, splitStepsInTime} from '../../lib/steps/split-steps.js';
import type {StepSplitter} from '../../lib/steps/step-splitter.js';
import {cpuTimeOf} from '../helpers/cpu-time.js';
import {readData} from '../helpers/golden.js';

const texts = (response: string, splitter?: StepSplitter) =>
  splitSteps(response, splitter).map(({text}) => text);

interface StepsCase {
  kind: string;
  response: string;
  split: StepSplitter;
  steps: string[];
}

for (const {kind, response, split, steps} of readData<StepsCase>('steps.jsonl')) {
  test(`${kind}: '${String(split)}' splits ${JSON.stringify(response)}`, t => {
    t.deepEqual(texts(response, split), steps);
  });
}

const cuts: ReadonlyArray<readonly [string, string, StepSplitter | undefined, readonly string[]]> = [
  ['blank lines by default', 'a\n\nb', undefined, ['a', 'b']],
  ['at one or more blank lines', 'a\n\n\n\nb\n\nc', 'blank-line', ['a', 'b', 'c']],
  ['at blank lines of spaces and tabs', 'a\n \t\nb', 'blank-line', ['a', 'b']],
  ['at blank lines that end with CRLF', 'a\r\n\r\nb\r\n \r\n\nc', 'blank-line', ['a', 'b', 'c']],
  ['not at a single line end', 'a\nb\r\nc', 'blank-line', ['a\nb\r\nc']],
  ['blank lines, without leading ones', '\n\nstarts blank', 'blank-line', ['starts blank']],
  ['blank lines, without a leading line end', ' \nstarts blank', 'blank-line', ['starts blank']],
  ['blank lines, without trailing ones', 'a\n\nb\n\n \n', 'blank-line', ['a', 'b']],
  ['blank lines, without a trailing line end', 'a\r\n', 'blank-line', ['a']],
  ['blank lines, but keeps indentation', '  a\n\n    b\n      c', 'blank-line', ['  a', '    b\n      c']],
  ['at lines of an ideographic space', '甲\n\u3000\n乙', 'blank-line', ['甲', '乙']],
  ['at line ends', 'a\nb\r\nc', 'line', ['a', 'b', 'c']],
  ['at runs of line ends', '\na\n\n \n\r\nb\n', 'line', ['a', 'b']],
  ['lines, but keeps indentation', 'a\n  b', 'line', ['a', '  b']],
  ['before labels', 'Step 1: a\nb\n\nc\nStep 2: d', 'step-label', ['Step 1: a\nb\n\nc', 'Step 2: d']],
  ['before labels, and what stands first', 'Well.\n\nStep 1. a', 'step-label', ['Well.', 'Step 1. a']],
  ['before labels in any case', 'step 1) a\nSTEP 22: b', 'step-label', ['step 1) a', 'STEP 22: b']],
  ['before indented labels', ' Step 1: a\n\t Step 2: b \n', 'step-label', ['Step 1: a', 'Step 2: b']],
  [
    'before labels in Markdown',
    '### Step 1: a\n**Step 2:** b\n**Step 3**: c\n- __Step 4.__ d\n> Step 5: e',
    'step-label',
    ['### Step 1: a', '**Step 2:** b', '**Step 3**: c', '- __Step 4.__ d', '> Step 5: e'],
  ],
  ['not at a label inside a line', 'See Step 1: a', 'step-label', ['See Step 1: a']],
  [
    'not at words that are like a label',
    'a\nSteps 1: b\nStep many: c\nStep 1 d\nStepping: e',
    'step-label',
    ['a\nSteps 1: b\nStep many: c\nStep 1 d\nStepping: e'],
  ],
  [
    'before labels in Chinese',
    '步骤 1：加\n步骤二：减\n第三步: 乘',
    'step-label',
    ['步骤 1：加', '步骤二：减', '第三步: 乘'],
  ],
  [
    'at no item of a list in a step',
    'Step 1: a\n1. b\n2. c\nStep 2: d',
    'step-label',
    ['Step 1: a\n1. b\n2. c', 'Step 2: d'],
  ],
  [
    'at the items of a list that counts',
    'So:\n1. a\n   1. b\n7. c\n2. d',
    'step-label',
    ['So:', '1. a\n   1. b\n7. c', '2. d'],
  ],
  ['at no single number', '1. a', 'step-label', ['1. a']],
  [
    'at no label in code',
    'Step 1: a\n```\nStep 2: b\n```\nStep 3: c',
    'step-label',
    ['Step 1: a\n```\nStep 2: b\n```', 'Step 3: c'],
  ],
  ['before a conclusion', '1. a\n2. b\n\n**Answer:** c', 'step-label', ['1. a', '2. b', '**Answer:** c']],
  ['at marks', 'a ки\nb ки\n', 'step-mark', ['a', 'b']],
  ['at marks of another model', 'a<extra_0>b<extra_0>', 'step-mark', ['a', 'b']],
  ['not at a mark in a word', 'мужики идут ки\nb', 'step-mark', ['мужики идут', 'b']],
  [
    'no code at its blank lines',
    '~~~\na\n\n```\n\nb\n~~~\n\nc',
    'blank-line',
    ['~~~\na\n\n```\n\nb\n~~~', 'c'],
  ],
  ['at blank lines behind a fence that nothing closes', '```\na\n\nb', 'blank-line', ['```\na', 'b']],
  [
    'no environment in another',
    '\\begin{a}\n\n\\begin{a}\n\n\\end{a}\n\n\\end{a}\n\nb',
    'blank-line',
    ['\\begin{a}\n\n\\begin{a}\n\n\\end{a}\n\n\\end{a}', 'b'],
  ],
  [
    'at blank lines behind an environment that nothing closes',
    '\\begin{a}\n\nb',
    'blank-line',
    ['\\begin{a}', 'b'],
  ],
  ['no displayed formula', '$$\na\n\nb\n$$\n\nc', 'blank-line', ['$$\na\n\nb\n$$', 'c']],
  [
    'at no marker of thinking',
    '<think>\n\na\n\nb\n\n</think>\n\nc',
    'blank-line',
    ['<think>\n\na', 'b\n\n</think>', 'c'],
  ],
  [
    'lines at no marker of thinking',
    '<think>\na\nb\n</think>\nc',
    'line',
    ['<think>\na', 'b\n</think>', 'c'],
  ],
  ['thinking that began in the prompt', 'a\n\n</think>\n\nb', 'blank-line', ['a\n\n</think>', 'b']],
  ['thinking that never ends', '<think>\n\na\n\nb', 'blank-line', ['<think>\n\na', 'b']],
  ['at a carriage return', 'a\rb', 'line', ['a', 'b']],
  ['at a string', 'a###b###c', {separator: '###'}, ['a', 'b', 'c']],
  ['at a string, white space kept', 'a ;\n b;c ', {separator: ';'}, ['a ', '\n b', 'c ']],
  ['at a string, empty steps left out', ';;a; ;b;', {separator: ';'}, ['a', 'b']],
  ['at a string that overlaps itself', 'aXXXb', {separator: 'XX'}, ['a', 'Xb']],
  ['at a string that looks like a pattern', 'a.b|c', {separator: '.'}, ['a', 'b|c']],
  ['not at all where the string is missing', 'abc', {separator: ';'}, ['abc']],
  ['at a pattern', 'a1b22c', /\d+/, ['a', 'b', 'c']],
  ['at a global pattern', 'a1b22c', /\d+/g, ['a', 'b', 'c']],
  ['at a sticky pattern', 'a1b22c', /\d+/y, ['a', 'b', 'c']],
  ['at a pattern with groups', 'a1b', /(\d)(x)?/, ['a', 'b']],
  ['at a lookahead', 'Step 1: a Step 2: b', /(?=Step \d+:)/, ['Step 1: a ', 'Step 2: b']],
  ['at a lookbehind', 'Yes. No.', /(?<=\.)/, ['Yes.', ' No.']],
  ['at a pattern that matches nothing anywhere', 'abc', /(?:)/, ['a', 'b', 'c']],
  ['at an empty pattern, but no character in half', '😀é', /(?:)/, ['😀', 'é']],
  ['at a pattern that is empty in places', 'a11b', /\d*/, ['a', 'b']],
  ['at lines by a pattern with the flag m', 'a\n# b\n# c', /^(?=#)/m, ['a\n', '# b\n', '# c']],
  ['by a function', 'ab c', response => [response.slice(0, 1), response.slice(1)], ['a', 'b c']],
  ['by a function, without trimming', ' a \nb', () => [' a ', '\nb'], [' a ', '\nb']],
];

for (const [what, response, splitter, expected] of cuts) {
  test(`splits ${what}: ${JSON.stringify(response)}`, t => t.deepEqual(texts(response, splitter), expected));
}

test('a span says where the step stands, in UTF-16 units', t => {
  t.deepEqual(splitSteps('\n\n😀a\r\n\r\nb\n'), [
    {text: '😀a', start: 2, end: 5},
    {text: 'b', start: 9, end: 10},
  ]);
});

test("the caller's regular expression stays as it was", t => {
  for (const flags of ['', 'g', 'y', 'gy']) {
    const pattern = new RegExp('\\d', flags);
    pattern.lastIndex = 3;
    t.deepEqual(texts('a1b2c', pattern), ['a', 'b', 'c']);
    t.is(pattern.lastIndex, 3);
  }
});

for (const response of ['', ' ', '\n\n', '\r\n\t\u3000', null, undefined, 7, ['a']]) {
  test(`refuses the response ${JSON.stringify(response)}`, t => {
    t.throws(() => splitSteps(response as string), {
      instanceOf: InvalidInputError,
      message: /with text in it/,
    });
  });
}

for (const splitter of ['paragraph', '', {}, {separator: ''}, {separator: 1}, null, 5, true, ['line']]) {
  test(`refuses the splitter ${JSON.stringify(splitter)} and lists the known ones`, t => {
    const error = t.throws(() => splitSteps('a', splitter as StepSplitter), {instanceOf: InvalidInputError});
    t.regex(
      error.message,
      /'blank-line', 'line', 'step-label', 'step-mark', \{separator: .*\}, a RegExp or a function/,
    );
  });
}

test('refuses a splitter that leaves no step', t => {
  for (const splitter of [/.+/s, {separator: 'abc'}]) {
    t.throws(() => splitSteps('abc', splitter), {instanceOf: InvalidInputError, message: /leaves no step/});
  }
});

test('a pattern that takes for ever is refused, with the pattern', t => {
  t.throws(() => splitSteps(`${'a'.repeat(40)}b`, /(a+)+$/), {
    instanceOf: InvalidInputError,
    message: /\(a\+\)\+\$.*more than 5 seconds/,
  });
});

test('in time, the same steps are found, and a pattern that takes for ever holds nothing up', async t => {
  for (const splitter of ['line', {separator: '2'}, /\d+/g] as const) {
    t.deepEqual(await splitStepsInTime('a1b\n22c', splitter), splitSteps('a1b\n22c', splitter));
  }

  let ticks = 0;
  const ticking = setInterval(() => ticks++, 50);
  await t.throwsAsync(splitStepsInTime(`${'a'.repeat(40)}b`, /(a+)+$/), {
    instanceOf: InvalidInputError,
    message: /more than 5 seconds/,
  });
  clearInterval(ticking);
  t.true(ticks > 10);
});

test('an abort gives up on a pattern', async t => {
  const reason = new Error('mine');
  const abort = new AbortController();
  const cutting = splitStepsInTime(`${'a'.repeat(40)}b`, /(a+)+$/, abort.signal);
  abort.abort(reason);
  await t.throwsAsync(cutting, {is: reason});
  await t.throwsAsync(splitStepsInTime('a', /(a+)+$/, AbortSignal.abort(reason)), {is: reason});
});

const badFunctions: ReadonlyArray<readonly [string, () => unknown, RegExp]> = [
  ['no list', () => 'abc', /list of strings, but returned 'abc'/],
  ['nothing', () => undefined, /list of strings, but returned undefined/],
  ['an empty piece', () => ['abc', ''], /piece 1 is ''/],
  ['a piece of white space', () => [' \n', 'abc'], /piece 0 is ' \\n'/],
  ['a piece that is no string', () => ['ab', 3], /piece 1 is 3/],
  ['a hole', () => Array(1), /piece 0 is undefined/],
  ['another text', () => ['ab', 'X'], /at character 2 they go on with 'X' and the response with 'c'/],
  ['too little', () => ['ab'], /at character 2 they go on with nothing and the response with 'c'/],
  ['too much', () => ['abc', 'def'], /at character 3 they go on with 'def' and the response with nothing/],
  ['no pieces', () => [], /at character 0 they go on with nothing and the response with 'abc'/],
];

for (const [what, split, message] of badFunctions) {
  test(`refuses a function that returns ${what}`, t => {
    t.throws(() => splitSteps('abc', split as StepSplitter), {instanceOf: InvalidInputError, message});
  });
}

test('what a function throws comes through', t => {
  const mine = new RangeError('mine');
  const error = t.throws(() =>
    splitSteps('a', () => {
      throw mine;
    }),
  );
  t.is(error, mine);
});

const megabyte = 2 ** 20;

const long: Readonly<Record<string, string>> = {
  spaces: `a${' '.repeat(megabyte)}b`,
  'line ends': `a${'\n'.repeat(megabyte)}b`,
  'carriage returns': `a${'\r'.repeat(megabyte)}b`,
  'CRLF and spaces': `a${' \r\n'.repeat(megabyte / 3)}b`,
  'indented lines': 'a\n  '.repeat(megabyte / 4),
  labels: 'Step 1: a\n'.repeat(megabyte / 10),
  'half a label': `${'#'.repeat(megabyte / 2)}Step ${'1'.repeat(megabyte / 2)}`,
  letters: 'a'.repeat(megabyte),
  fences: '```\n'.repeat(megabyte / 4),
  'fences that nothing closes': '```a\n'.repeat(megabyte / 5),
  'longer and longer fences': Array.from({length: 1400}, (_, index) => `${'`'.repeat(1400 - index)}a\n`).join(
    '',
  ),
  environments: '\\begin{a}'.repeat(megabyte / 9),
  markers: '<think>\n\n'.repeat(megabyte / 9),
  marks: 'a ки '.repeat(megabyte / 5),
};

const linear: readonly StepSplitter[] = [
  'blank-line',
  'line',
  'step-label',
  'step-mark',
  {separator: '\n\n'},
  {separator: ' '},
  /\n/,
  /(?=\n)/,
];

test('a megabyte is split in less than a second of computing, whatever it is', t => {
  for (const [what, response] of Object.entries(long)) {
    for (const splitter of linear) {
      const milliseconds = cpuTimeOf(() => splitSteps(response, splitter));
      t.true(milliseconds < 1000, `${what} with ${String(splitter)}: ${milliseconds} ms`);
    }
  }
});
