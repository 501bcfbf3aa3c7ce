import type {ChatMessage} from '../prompt.js';

/** What a conversation is rendered with beside its messages. */
export interface TemplateSettings {
  /** Further names for the template, such as `enable_thinking`. */
  arguments: Readonly<Record<string, unknown>>;
  /** What the template takes for today, `YYYY-MM-DD`. */
  date: string;
}

/** A conversation to render, and answers to render it with. */
export interface TemplateJob extends TemplateSettings {
  messages: readonly ChatMessage[];
  /** Whether to render the conversation up to where an answer begins too. */
  prompt: boolean;
  /** Whether to render the messages with nothing behind them too. */
  alone?: boolean | undefined;
  /** Each is put behind the messages as the assistant's turn. */
  answers: readonly string[];
}

/** What came of one rendering: the text, or why there is none. */
export type Rendered = {text: string} | {error: string};

/** What came of a job. */
export interface TemplateResult {
  /** The conversation up to where an answer begins; `null` if that was not asked for. */
  prompt: Rendered | null;
  /** The messages with nothing behind them; `null` if that was not asked for. */
  alone: Rendered | null;
  /** The conversation with each answer. */
  answers: Rendered[];
}

/** What every template is told of the model's vocabulary. */
export interface TemplateNames {
  bos_token: string;
  eos_token: string;
}

/** A job as a thread gets it: any thread does any template. */
export interface WorkerJob extends TemplateJob {
  source: string;
  names: TemplateNames;
}

/** What a thread says: that it is ready, or what came of a job. */
export type WorkerMessage = 'ready' | {unparsable: string} | {result: TemplateResult};
