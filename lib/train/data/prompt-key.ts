import type {Prompt} from '../../text/prompt.js';

/**
 * What tells prompts apart: white space within and around them counts for nothing, so that the same problem with another
 * line break is not both learned from and tested on.
 */
export function promptKey(prompt: Prompt): string {
  if (typeof prompt === 'string') {
    // A string is a user's turn.
    return JSON.stringify([['user', normalised(prompt)]]);
  }

  if ('raw' in prompt) {
    const {raw} = prompt;
    return JSON.stringify({raw: typeof raw === 'string' ? normalised(raw) : Array.from(raw)});
  }

  return JSON.stringify(prompt.map(({role, content}) => [role, normalised(content)]));
}

function normalised(text: string): string {
  return text.normalize('NFC').replace(/\s+/gu, ' ').trim();
}
