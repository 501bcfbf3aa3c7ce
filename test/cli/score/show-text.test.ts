import test from 'ava';
import {temporaryDirectory} from '../../helpers/temporary-directory.js';
import {withChatTemplate} from '../../helpers/tiny-models.js';
import {runCliHere} from '../run-in-process.js';

const directory = temporaryDirectory();
const line = `${JSON.stringify({prompt: 'Hi', response: 'A\n'})}\n`;

const template =
  "{{ strftime_now('%Y') }} {{ effort | default('low') }}{% for m in messages %}<|im_start|>{{ m.content | trim }}<|im_end|>{% endfor %}" +
  '{% if add_generation_prompt %}<|im_start|>>{% endif %}';
const policy = withChatTemplate(directory, template);

test('what is scored is printed, with the date, the arguments and the rendering that were chosen', async t => {
  const show = async (...args: string[]) =>
    runCliHere(['score', '--policy', policy, '--gpu', 'off', '--show-text', ...args], {input: line});
  const plain = await show();
  t.is(plain.code, 0, plain.stderr);
  t.deepEqual(plain.stdout.split('\n'), [
    '── before the response (conversation): 13 tokens, seen',
    '2│0│2│4│ │l│o│w│⟦<|im_start|>⟧│H│i│⟦<|im_end|>⟧│⟦<|im_start|>⟧',
    '── the response: 2 tokens, scored',
    'A│⟦<|im_end|>⟧',
    '── not scored: characters 1–2 of the response',
    '',
  ]);
  const chosen = await show(
    ...['--date', '2031-02-03', '--template-arguments', '{"effort": "high"}'],
    ...['--rendering', 'continuation'],
  );
  t.is(chosen.code, 0, chosen.stderr);
  t.true(chosen.stdout.includes('2│0│3│1│ │h│i│g│h│⟦<|im_start|>⟧'));
  t.true(chosen.stdout.includes('A│↵│\n⟦<|im_end|>⟧'));
  t.regex(chosen.stderr, /ends with white space, which is scored/);
});

test('wrong dates and arguments are refused', async t => {
  for (const [option, value] of [
    ['--date', '2024-13-01'],
    ['--date', 'today'],
    ['--template-arguments', '[1]'],
    ['--template-arguments', '{"messages": []}'],
    ['--template-arguments', 'thinking'],
    ['--rendering', 'both'],
  ] as const) {
    const {code, stderr} = await runCliHere(['score', '--bundled', option, value], {input: line});
    t.is(code, 2);
    t.true(stderr.includes(option));
  }
});
