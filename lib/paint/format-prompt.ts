import type {Prompt} from '../text/prompt.js';
import {formatText} from './format-text.js';
import type {TraceLayout} from './trace-layout.js';

/**
 * Lays out a prompt: a user's turn as it is, messages with their roles.
 *
 * @returns lines, each with its line end
 */
export function formatPrompt(prompt: Prompt, {chalk, width}: Pick<TraceLayout, 'chalk' | 'width'>): string {
  return formatText([{text: textOf(prompt), paint: text => chalk.bold(text)}], width)
    .map(row => `${row}\n`)
    .join('');
}

function textOf(prompt: Prompt): string {
  if (typeof prompt === 'string') {
    return prompt;
  }

  if ('raw' in prompt) {
    return typeof prompt.raw === 'string' ? prompt.raw : `A prompt of ${prompt.raw.length} tokens`;
  }

  return prompt.map(({role, content}) => `${role}: ${content}`).join('\n');
}
