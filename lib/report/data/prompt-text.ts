import type {ReportPrompt} from '../types.js';

/** A prompt as text to be read. */
export function promptText(prompt: NonNullable<ReportPrompt['prompt']>): string {
  if (typeof prompt === 'string') {
    return prompt;
  }

  if ('raw' in prompt) {
    return typeof prompt.raw === 'string' ? prompt.raw : `${prompt.raw.length} tokens`;
  }

  // One turn of the user is what a plain string stands for.
  const [first] = prompt;
  return prompt.length === 1 && first?.role === 'user'
    ? first.content
    : prompt.map(({role, content}) => `${role}: ${content}`).join('\n\n');
}
