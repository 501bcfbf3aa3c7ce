import test from 'ava';
import {ChatTemplateError, PairClosedError} from '../../lib/index.js';
import {ChatTemplate} from '../../lib/text/chat-template.js';
import type {RenderLimits} from '../../lib/text/template/template-renderer.js';

const names = {bos_token: '<BEGIN>', eos_token: '<END>'};
const settings = {arguments: {}, date: '2024-07-26'};
const user = {role: 'user', content: 'What is the area of the garden?'};

function open(source: string, limits: Partial<RenderLimits> = {}): ChatTemplate {
  return new ChatTemplate(source, names, 'The chat template of garden.gguf', limits);
}

async function promptOf(source: string): Promise<unknown> {
  return (await open(source).prompt([user], settings)).prompt;
}

async function failureOf(source: string, limits: Partial<RenderLimits> = {}): Promise<string> {
  const rendering = open(source, limits).prompt([user], settings);
  try {
    const {prompt} = await rendering;
    return 'error' in prompt ? prompt.error : `no failure: ${prompt.text.slice(0, 100)}`;
  } catch (error) {
    if (error instanceof ChatTemplateError && error.code === 'CHAT_TEMPLATE_FAILED') {
      return error.message;
    }

    throw error;
  }
}

test('the begin- and end-of-text tokens and the turn to generate reach the template', async t => {
  const source =
    '{{ bos_token }}{{ messages[0].content }}{{ eos_token }}{% if add_generation_prompt %}>{% endif %}';
  t.deepEqual(await promptOf(source), {text: `<BEGIN>${user.content}<END>>`});
});

test("a template that refuses messages is heard in its own words, and others' too", async t => {
  t.is(await failureOf("{{ raise_exception('No questions, please') }}"), 'No questions, please');
  const refuses = "{% if messages[-1].role == 'assistant' %}{{ raise_exception('no answers') }}{% endif %}q";
  const template = open(refuses);
  t.deepEqual(await template.prompt([user], settings), {prompt: {text: 'q'}, frame: undefined});
  t.deepEqual(await template.conversations([user], ['x'], settings), [{error: 'no answers'}]);
});

test('what the template writes around a response is told', async t => {
  const source = '{% for message in messages %}<{{ message.role }}>{{ message.content }}</>\n{% endfor %}';
  const {frame} = await open(source).prompt([user], settings);
  t.deepEqual(frame, {before: `<user>${user.content}</>\n<assistant>`, behind: '</>\n'});
  t.is((await open('always the same').prompt([user], settings)).frame, undefined);
});

test('a template that cannot be parsed is an error with its name and the reason', async t => {
  for (const source of ['{% for message in messages %}', '{{ messages[0].content', '{% nonsense %}']) {
    t.regex(await failureOf(source), /^The chat template of garden\.gguf could not be parsed: \S.*\{raw\}/u);
  }

  const deep = `{{ ${'('.repeat(20_000)}1${')'.repeat(20_000)} }}`;
  t.regex(await failureOf(deep), /could not be parsed/);
  t.regex(await failureOf('x'.repeat(2 ** 21)), /could not be parsed: it has 2097152 characters/);
});

const endless = '{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}';

test('a template without an end is stopped, and the thread it ran on is no loss', async t => {
  t.is(
    await failureOf(endless, {deadline: 300}),
    'The chat template of garden.gguf did not come to an end within 0.3 s. Give the prompt as {raw} to do without it.',
  );
  t.deepEqual(await promptOf('still here'), {text: 'still here'});
});

const huge = {
  'a long range': '{{ range(1000000000) | length }}',
  'a list that doubles':
    '{% set n = namespace(a=[1]) %}{% for i in range(40) %}{% set n.a = n.a + n.a %}{% endfor %}{{ n.a | length }}',
  'a text that doubles':
    '{% set n = namespace(s="x") %}{% for i in range(40) %}{% set n.s = n.s ~ n.s %}{% endfor %}{{ n.s }}',
  'a text that is replaced by more':
    '{% set n = namespace(s="aa") %}{% for i in range(9) %}{% set n.s = n.s | replace("a", "aaaaaaaaaa") %}{% endfor %}{{ n.s | length }}',
  'a text that is replaced by more, by its method':
    '{% set n = namespace(s="aa") %}{% for i in range(9) %}{% set n.s = n.s.replace("a", "aaaaaaaaaa") %}{% endfor %}{{ n.s | length }}',
  'a text that is repeated': '{{ "x" * 1000000000 }}',
  'a text that is padded': '{{ "x".ljust(1000000000) }}',
  'a number that is padded': '{{ "%1000000000d" % 1 }}',
  'a list of itself':
    '{% set n = namespace(a=["x"]) %}{% for i in range(60) %}{% set n.a = [n.a, n.a] %}{% endfor %}{{ n.a | tojson }}',
  'a list of itself, printed':
    '{% set n = namespace(a=["x"]) %}{% for i in range(60) %}{% set n.a = [n.a, n.a] %}{% endfor %}{{ n.a }}',
  'a long joint': '{% set s = "x" * 4000000 %}{{ [s, s, s, s] | join }}',
};

for (const [what, source] of Object.entries(huge)) {
  test(`${what} is refused before it takes memory`, async t => {
    t.regex(
      await failureOf(source),
      /(?:text of \d+ characters|list of \d+ items|range\(\) of \d+ numbers).*is the most|a width of at most/u,
    );
  });
}

test('a template that takes memory in many pieces is stopped', async t => {
  const hoards =
    '{% set n = namespace(a=[]) %}{% for i in range(100000) %}{% set n.a = n.a + ["x" ~ i] %}{% set _ = namespace(b=n.a + n.a) %}' +
    '{% set n.a = n.a + [n.a + [i]] %}{% endfor %}';
  t.regex(await failureOf(hoards, {memory: 32, deadline: 120_000}), /took more than 32 MiB of memory/);
});

test('a signal stops a template within its work, and in the queue', async t => {
  const template = open(endless);
  const controller = new AbortController();
  const reason = new Error('enough');
  const running = template.prompt([user], settings, controller.signal);
  const waiting = template.prompt([user], settings, controller.signal);
  setTimeout(() => controller.abort(reason), 100);
  t.is(await t.throwsAsync(running), reason);
  t.is(await t.throwsAsync(waiting), reason);
  t.is(await t.throwsAsync(template.prompt([user], settings, controller.signal)), reason);
});

test('closing stops what is under way', async t => {
  const template = open(endless);
  const running = template.prompt([user], settings);
  setTimeout(() => template.close(), 100);
  await t.throwsAsync(running, {instanceOf: PairClosedError});
  await t.throwsAsync(template.prompt([user], settings), {instanceOf: PairClosedError});
});

// Ways to reach what is not the template's own: none may print or change anything.
const outwards = [
  '{{ [].constructor.constructor("return process.pid")() }}',
  '{{ "".constructor }}{{ messages.constructor }}{{ messages[0].__proto__ }}{{ messages["__proto__"] }}',
  '{{ range.constructor }}{{ namespace.__proto__ }}{{ raise_exception.constructor }}{{ strftime_now.constructor }}',
  '{{ messages[0]["constructor"]["constructor"]("return process")() }}',
  '{% set x = namespace(__proto__=1) %}{{ x.constructor }}{{ x.toString }}',
  '{% set ns = namespace() %}{% set ns.__proto__ = messages %}{{ ns.polluted }}',
  '{{ messages | map(attribute="constructor") | join }}{{ messages | map(attribute="__proto__.x") | join }}',
  '{{ messages | attr("constructor") }}',
  '{{ process }}{{ require }}{{ globalThis }}{{ console }}{{ Function }}{{ this }}{{ self }}',
  '{{ {"a": 1}.constructor }}{{ {1: 2}.constructor }}{{ {1: 2}["__proto__"] }}',
  '{% include "/etc/passwd" %}',
  '{% import "/etc/passwd" as x %}',
  '{% extends "/etc/passwd" %}',
  '{{ "".format.constructor("return 1")() }}{{ "{0.constructor}".format(messages) }}{{ "{0[constructor]}".format("x") }}',
  '{{ messages | selectattr("constructor") | list | length or "" }}{{ messages | sum(attribute="constructor") and "" }}',
  '{{ "constructor" in messages[0] or "__proto__" in messages[0] or "" }}',
];

for (const source of outwards) {
  test(`nothing beside its own names is reached by ${source}`, async t => {
    const {prompt} = await open(source)
      .prompt([user], settings)
      .catch((error: ChatTemplateError) => ({prompt: {error: error.message}}));
    t.true('error' in prompt || ['', 'False', 'FalseFalse'].includes(prompt.text), JSON.stringify(prompt));
    t.is(({} as {polluted?: unknown}).polluted, undefined);
  });
}
