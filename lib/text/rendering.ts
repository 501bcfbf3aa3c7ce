/**
 * What the models see of a conversation and the response to it:
 *
 * - `'conversation'`: the text that the chat template itself writes for the whole conversation, the response being the
 *   assistant's last message. It is what training on messages sees.
 * - `'continuation'`: the prompt that the template writes for a generator, and the response behind it as it was generated.
 *
 * They differ for models that think: a template may open the thinking for a generator, put an empty block of it before an
 * answer without any, or leave the thinking of an answer out.
 */
export type Rendering = 'conversation' | 'continuation';

/** What a pair's chat template does with a response. */
export interface RenderingInfo {
  /** How a plain response is rendered unless an option says otherwise. */
  rendering: Rendering;
  /** Whether the template takes white space off the ends of a response. */
  trims: boolean;
  /** Whether a response's `<think>` block is in the template's own text of the conversation. */
  keepsThinking: boolean;
  /** Whether the prompt for a generator opens the thinking. */
  opensThinking: boolean;
}

/** Options of how a prompt and its responses are put through the chat template. */
export interface RenderingOptions {
  /**
   * What the models are to see, see {@link Rendering}. If left out, the `'conversation'` wherever it has the response in
   * it, white space apart, and else the `'continuation'`; a response that has begun to think and not ended is a
   * `'continuation'` too, since its conversation is yet to come. No matter for a raw prompt.
   */
  rendering?: Rendering | undefined;
  /**
   * What the template is told beside the messages, such as `{enable_thinking: false}` or `{reasoning_effort: 'high'}`:
   * plain data, by the names that the model's own documentation gives.
   */
  templateArguments?: Readonly<Record<string, unknown>> | undefined;
  /**
   * What the template takes for today, `YYYY-MM-DD`; `2024-07-26` if left out. Some templates write today's date into
   * the conversation, and rewards would change from day to day.
   */
  date?: string | undefined;
}

/** The date that templates see unless another is given: the one that Llama 3.1's template writes by itself. */
export const defaultDate = '2024-07-26';

/** Goes up whenever other text is made of the same messages: what was scored before is then of another text. */
export const textVersion = 2;
