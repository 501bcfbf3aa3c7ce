import type {RenderedResponse} from './render-response.js';

/** Something about the text that is scored that may surprise. */
export interface TextWarning {
  /**
   * `'RESPONSE_CUT_BY_TEMPLATE'`: the chat template leaves out a part of the response, such as its thinking;
   * `'WHITE_SPACE_SCORED'`: white space at an end of the response is scored like any other text.
   */
  code: 'RESPONSE_CUT_BY_TEMPLATE' | 'WHITE_SPACE_SCORED';
  /** One sentence for a human. */
  message: string;
}

/** What is to be told of a response to messages. */
export function warningsOf(
  response: string,
  {rendering, stretches, isCutByTemplate}: RenderedResponse,
  complete: boolean,
): TextWarning[] {
  const warnings: TextWarning[] = [];
  if (isCutByTemplate) {
    warnings.push({
      code: 'RESPONSE_CUT_BY_TEMPLATE',
      message:
        rendering === 'conversation'
          ? 'The chat template leaves out a part of the response (its thinking, for most models): that part is not scored.'
          : 'The chat template leaves out a part of the response (its thinking, for most models), so the response is scored ' +
            "as the continuation of the prompt. To score what the template leaves of it: rendering 'conversation'.",
    });
  }

  const last = stretches.at(-1);
  const leads = stretches[0]?.response === 0 && /^\s/u.test(response);
  const trails =
    complete &&
    last !== undefined &&
    last.response + last.length === response.length &&
    /\s$/u.test(response);
  if (leads || trails) {
    const where = leads && trails ? 'begins and ends' : leads ? 'begins' : 'ends';
    warnings.push({
      code: 'WHITE_SPACE_SCORED',
      message: `The response ${where} with white space, which is scored: trim it unless the model has written it.`,
    });
  }

  return warnings;
}
