import {readFileSync} from 'node:fs';
import test from 'ava';
import {JinjaTemplate} from '../../lib/text/template/jinja-template.js';
import {templateNames, templateSource} from './templates.js';

const context = {
  messages: [{role: 'user', content: ' hi '}],
  ...{tools: null, documents: null, bos_token: '<s>', eos_token: '</s>'},
};

function rendered(source: string): string | null {
  try {
    return new JinjaTemplate(source).render(context, '2024-07-26');
  } catch {
    return null;
  }
}

// What jinja2 makes of small templates; null where it refuses. Made by test/text/render_templates.py.
const file = new URL('../data/chat-templates/python.jsonl', import.meta.url);
for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
  const {source, text} = JSON.parse(line) as {source: string; text: string | null};
  test(`${source} is ${text === null ? 'refused' : 'rendered'} as by Python`, t => {
    t.is(rendered(source), text);
  });
}

test('a day is written in all its forms', t => {
  const template = new JinjaTemplate(
    "{{ strftime_now('%a %A %b %B %d %e %F %D %H:%M:%S %I %p %j %m %y %Y %u %w %-d %-m %% %Z %Q') }}",
  );
  t.is(
    template.render({}, '2025-01-05'),
    'Sun Sunday Jan January 05  5 2025-01-05 01/05/25 00:00:00 12 AM 005 01 25 2025 7 0 5 1 % UTC %Q',
  );
});

// These want tools.
const refusing = [
  'CohereForAI-c4ai-command-r-plus-tool_use',
  'NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use',
  'NousResearch-Hermes-3-Llama-3.1-8B-tool_use',
  'fireworks-ai-llama-3-firefunction-v2',
];

test('every real template renders a question, whatever the day', t => {
  const names = templateNames();
  if (names.length === 0) {
    t.log('left out: the llama.cpp in use ships no templates');
    t.pass();
    return;
  }

  // How each of them compares with Python: npm run check:templates.
  for (const name of names) {
    const template = new JinjaTemplate(templateSource(name)!);
    const render = () => template.render({...context, add_generation_prompt: true}, '2024-07-26');
    if (refusing.includes(name)) {
      t.throws(render, undefined, name);
    } else {
      t.true(render().includes('hi'), name);
    }
  }
});
