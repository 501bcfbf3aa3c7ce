import test from 'ava';
import {formatInfo} from '../../../lib/cli/info/format-info.js';
import type {ModelInfo, RenderingInfo} from '../../../lib/index.js';

const model: ModelInfo = {
  path: '/x.gguf',
  architecture: 'qwen2',
  name: 'Evil \u001B[31m',
  quantisation: 'Q8_0',
  parameters: 7.62e9,
  sizeInBytes: 8.1e9,
  contextLength: 32_768,
  embeddingLength: 1,
  layers: 0,
  vocabularySize: 152_064,
  beta: null,
  chatTemplate: null,
  metadata: {},
};

test('a description of models escapes names and says what is not known', t => {
  const text = formatInfo(['x.gguf'], {
    models: [model],
    differences: [null],
    unusedTokensDiffer: [false],
    renderings: [null],
  });
  t.is(
    text,
    [
      'x.gguf',
      '  architecture    qwen2',
      String.raw`  name            Evil \u{1b}[31m`,
      '  parameters      7.62 B',
      '  quantisation    Q8_0',
      '  size            8.1 GB',
      '  context length  32,768 tokens',
      '  layers          unknown',
      '  vocabulary      152,064 tokens',
      '  beta            not given (0.05 unless you say otherwise)',
      '  chat template   no',
      '',
    ].join('\n'),
  );
});

const renderingLines = (rendering: RenderingInfo | null) =>
  formatInfo(['a'], {
    models: [{...model, chatTemplate: '{{ x }}'}],
    differences: [null],
    unusedTokensDiffer: [false],
    renderings: [rendering],
  })
    .split('\n')
    .slice(11, -1);

test('a chat template is described by what becomes of a response in it', t => {
  t.deepEqual(
    renderingLines({rendering: 'conversation', trims: true, keepsThinking: false, opensThinking: true}),
    [
      '  rendering       conversation',
      '  white space     at the ends of a response: trimmed',
      '  thinking        dropped from the conversation, so a response with it is a continuation; the prompt for a generator opens it',
    ],
  );
  t.deepEqual(
    renderingLines({rendering: 'continuation', trims: false, keepsThinking: true, opensThinking: false}),
    [
      '  rendering       continuation',
      '  white space     at the ends of a response: scored',
      '  thinking        kept in the conversation',
    ],
  );
  t.deepEqual(renderingLines(null), [
    '  rendering       none: the template has no place for a response, so prompts have to be raw',
  ]);
});

test('models of differing quantisations get a warning, those of one do not', t => {
  const text = (quantisation: string) =>
    formatInfo(['a', 'b'], {
      models: [model, {...model, quantisation}],
      differences: [null, null],
      unusedTokensDiffer: [false, false],
      renderings: [null, null],
    });
  t.regex(text('Q4_0'), /equal\.\nWarning: the quantisations differ \(Q8_0, Q4_0\)\. [^\n]*\n$/u);
  t.notRegex(text('Q8_0'), /Warning/u);
});
