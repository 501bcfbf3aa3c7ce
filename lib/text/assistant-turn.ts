import type {RenderedPrompt} from './chat-template.js';

/** What a chat template writes around an assistant's turn, to find one in a text that it made. */
export interface AssistantTurn {
  /** What every conversation begins with: the begin-of-text token, or nothing. */
  beginning: string;
  /** What stands between a user's words and the answer to them, whatever is written of thinking left out. */
  header: string;
  /** What stands behind an answer. */
  end: string;
}

/** What the user says in the conversation that a turn is found in: something that no template changes. */
export const turnProbe = 'implicit-prm-question';

/**
 * Finds what a template writes around an assistant's turn.
 *
 * @param rendered - the conversation in which a user said {@link turnProbe}
 * @param beginOfText - the text of the begin-of-text token, empty if there is none
 * @returns `undefined` if the template writes no such turn
 */
export function assistantTurn(
  {prompt, frame}: RenderedPrompt,
  beginOfText: string,
): AssistantTurn | undefined {
  const text = 'text' in prompt ? prompt.text : '';
  const forGenerator = behindProbe(text);
  const inConversation = frame && behindProbe(frame.before);
  const [header, other] = [forGenerator, inConversation].filter(text => text !== undefined);
  if (header === undefined) {
    return undefined;
  }

  // They differ where a template opens the thinking for a generator, or writes an empty block of it before an answer.
  const shared = other === undefined ? header : commonBeginning(header, other);
  return shared === ''
    ? undefined
    : {
        beginning: text.startsWith(beginOfText) ? beginOfText : '',
        header: shared,
        end: frame?.behind ?? '',
      };
}

function behindProbe(text: string): string | undefined {
  const at = text.lastIndexOf(turnProbe);
  return at === -1 ? undefined : text.slice(at + turnProbe.length);
}

function commonBeginning(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) {
    length++;
  }

  return a.slice(0, length);
}
