// Compares the chat templates of llama.cpp's source, as the library renders them, with Python's jinja2, over many
// conversations: `npm run check:templates`, with jinja2 installed (pip install jinja2).
import {spawnSync} from 'node:child_process';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {JinjaTemplate} from '../../lib/text/template/jinja-template.js';
import {templateNames, templateSource} from './templates.js';

interface Job {
  name: string;
  source: string;
  date: string;
  context: Record<string, unknown>;
}

const user = {role: 'user', content: 'What is 2 + 3?'};
const answer = 'First, 2 + 3 = 5.\n\nAnswer: 5';
const answers = [
  answer,
  `<think>\nadd them\n</think>\n\n${answer}`,
  `add them\n</think>\n\n${answer}`,
  '<think>\nadd',
  `  ${answer} \n`,
  '',
].map(content => ({role: 'assistant', content}));
const conversations = [
  [user],
  [{role: 'system', content: 'Be brief.'}, user],
  [{role: 'user', content: '  What?\n'}],
  ...answers.map(last => [user, last]),
  ...answers.map(earlier => [user, earlier, {role: 'user', content: '  And doubled?\n'}]),
  [{role: 'system', content: 'Be brief.'}, user, answers[1]!, user, answers[1]!],
];
const settings: Record<string, unknown>[] = [
  {},
  {enable_thinking: false},
  {enable_thinking: true},
  {thinking: true},
  {reasoning_effort: 'high'},
  {thinking_budget: 600},
];

function jobs(): Job[] {
  return templateNames().flatMap(name =>
    settings.flatMap(extra =>
      conversations.flatMap(messages =>
        [true, false].map(add_generation_prompt => ({
          name,
          source: templateSource(name)!,
          date: '2024-07-26',
          context: {
            ...{messages, add_generation_prompt, tools: null, documents: null},
            ...{bos_token: '<s>', eos_token: '</s>', ...extra},
          },
        })),
      ),
    ),
  );
}

function renderedHere({source, context, date}: Job): {text?: string; error?: string} {
  try {
    return {text: parsed(source).render(context, date)};
  } catch (error) {
    return {error: error instanceof Error ? error.message : String(error)};
  }
}

let latest: {source: string; template: JinjaTemplate} | undefined;

/** The jobs of one template come one behind the other. */
function parsed(source: string): JinjaTemplate {
  if (latest?.source !== source) {
    latest = {source, template: new JinjaTemplate(source)};
  }

  return latest.template;
}

function renderedByPython(all: readonly Job[]): {text?: string; error?: string}[] {
  const script = fileURLToPath(new URL('render_templates.py', import.meta.url));
  const input = all.map(job => `${JSON.stringify(job)}\n`).join('');
  const {stdout, stderr, status} = spawnSync('python3', [script], {
    ...{input, encoding: 'utf8', maxBuffer: 2 ** 30},
  });
  if (status !== 0) {
    throw new Error(`python3 with jinja2 is needed: ${stderr}`);
  }

  return stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as {text?: string; error?: string});
}

const all = jobs();
const expected = renderedByPython(all);
const wrong = new Map<string, number>();
for (const [index, job] of all.entries()) {
  const actual = renderedHere(job);
  if (actual.text !== expected[index]!.text) {
    const count = wrong.get(job.name) ?? 0;
    wrong.set(job.name, count + 1);
    if (count === 0) {
      console.log(job.name, JSON.stringify(job.context));
      console.log('  jinja2: ', JSON.stringify(expected[index]));
      console.log('  library:', JSON.stringify(actual));
    }
  }
}

const texts = expected.filter(({text}) => text !== undefined).length;
console.log(
  `${all.length} renderings of ${templateNames().length} templates: ${texts} texts and ${all.length - texts} refusals`,
);
console.log(wrong.size === 0 ? 'All are equal.' : `Different: ${JSON.stringify(Object.fromEntries(wrong))}`);
process.exitCode = wrong.size === 0 ? 0 : 1;
