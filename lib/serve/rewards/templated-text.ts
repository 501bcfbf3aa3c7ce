import {InvalidInputError} from '../../errors/invalid-input-error.js';
import {showValue} from '../../errors/show-value.js';
import type {AssistantTurn} from '../../text/assistant-turn.js';

/** A conversation that a chat template wrote, taken apart at its last answer. */
export interface TemplatedResponse {
  /** All that comes before the answer, special tokens included. */
  prompt: string;
  /** The answer, without what ends its turn. */
  response: string;
  /** Whether its turn was ended. */
  complete: boolean;
}

/**
 * Takes a text apart that a chat template wrote and a model went on with, as trainers send them.
 *
 * @param turn - what the template writes around answers
 * @param endings - the texts of special tokens that end a turn
 * @param prompt - where the answer begins, if the sender says: a beginning of the text
 * @throws {@link InvalidInputError} if the text shows no place where an answer begins
 */
export function takeApart(
  text: string,
  turn: AssistantTurn,
  endings: readonly string[],
  prompt?: string | undefined,
): TemplatedResponse {
  const start =
    prompt !== undefined && prompt !== '' && text.startsWith(prompt) ? prompt.length : headerEnd(text, turn);
  const before = text.slice(0, start);
  // Some trainers take it off, since their own tokenizers put it in front.
  const beginning = before.startsWith(turn.beginning) ? '' : turn.beginning;
  return {prompt: beginning + before, ...withoutEnd(text.slice(start), endings)};
}

function headerEnd(text: string, {header}: AssistantTurn): number {
  const at = text.lastIndexOf(header);
  if (at === -1) {
    throw new InvalidInputError(
      `The text ${showValue(text)} has no ${showValue(header)} in it, which begins an answer in the model's chat template.`,
    );
  }

  return at + header.length;
}

function withoutEnd(
  text: string,
  endings: readonly string[],
): Pick<TemplatedResponse, 'response' | 'complete'> {
  const trimmed = text.trimEnd();
  const ending = endings.find(one => trimmed.endsWith(one));
  return ending === undefined
    ? {response: text, complete: false}
    : {response: trimmed.slice(0, -ending.length), complete: true};
}
