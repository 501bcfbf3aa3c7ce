/** A message of a conversation. */
export interface ChatMessage {
  /** Who speaks: `system`, `user`, `assistant`, or whatever the model's chat template knows. */
  role: string;
  /** What is said. */
  content: string;
}

/**
 * What a response answers:
 *
 * - a string is a user's turn, put through the policy's own chat template;
 * - messages are a conversation, put through the template, that ends before the assistant's turn;
 * - `{raw}` is text or tokens used as they are. Special tokens in the text are taken as such, and nothing is added.
 */
export type Prompt =
  | string
  | readonly ChatMessage[]
  | {
      /** The whole text in front of the response, or its tokens. */
      raw: string | Int32Array | readonly number[];
    };
