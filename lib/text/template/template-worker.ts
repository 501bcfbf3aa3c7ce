// Runs chat templates on a thread of its own, which can be ended when a template does not end.
import {parentPort} from 'node:worker_threads';
import {JinjaTemplate} from './jinja-template.js';
import {longestText} from './size-limits.js';
import type {Rendered, TemplateResult, WorkerJob, WorkerMessage} from './template-job.js';

/** How many templates are kept parsed. */
const kept = 8;
const templates = new Map<string, JinjaTemplate>();

function parsed(source: string): JinjaTemplate {
  if (source.length > longestText / 4) {
    throw new Error(`it has ${source.length} characters, and ${longestText / 4} is the most`);
  }

  const template = templates.get(source) ?? new JinjaTemplate(source);
  // The latest last: the first goes.
  templates.delete(source);
  templates.set(source, template);
  for (const oldest of templates.keys()) {
    if (templates.size > kept) {
      templates.delete(oldest);
    }
  }

  return template;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What is to stand behind the messages of a job. */
interface Behind {
  answer?: string;
  /** The beginning of an answer that is yet to come. */
  generationPrompt?: boolean;
}

function rendered(
  template: JinjaTemplate,
  job: WorkerJob,
  {answer, generationPrompt = false}: Behind,
): Rendered {
  try {
    const turn = answer === undefined ? [] : [{role: 'assistant', content: answer}];
    const context = {
      ...job.names,
      // None rather than undefined, as transformers hands them to a template when there are none.
      tools: null,
      documents: null,
      ...job.arguments,
      messages: [...job.messages, ...turn],
      add_generation_prompt: generationPrompt,
    };
    return {text: template.render(context, job.date)};
  } catch (error) {
    return {error: messageOf(error)};
  }
}

function done(job: WorkerJob): WorkerMessage {
  let template: JinjaTemplate;
  try {
    template = parsed(job.source);
  } catch (error) {
    return {unparsable: messageOf(error)};
  }

  return {result: allOf(template, job)};
}

function allOf(template: JinjaTemplate, job: WorkerJob): TemplateResult {
  return {
    prompt: job.prompt ? rendered(template, job, {generationPrompt: true}) : null,
    alone: job.alone ? rendered(template, job, {}) : null,
    answers: job.answers.map(answer => rendered(template, job, {answer})),
  };
}

parentPort?.on('message', (job: WorkerJob) => parentPort?.postMessage(done(job)));
parentPort?.postMessage('ready' satisfies WorkerMessage);
