import {InvalidInputError} from '../errors/invalid-input-error.js';
import {showValue} from '../errors/show-value.js';
import {isBlank} from './ranges.js';
import type {StepSpan} from './step-span.js';

/**
 * Puts a response together from steps that a caller has cut already, or finds such steps in their response.
 *
 * @param steps - the steps in order, at least one, each with more in it than white space
 * @param response - the text the steps were cut from: the steps in order, with nothing but white space around and
 * between them. Without it, the steps are joined by a blank line (`'\n\n'`)
 * @returns the response, and the place of every step in it in UTF-16 units
 * @throws {@link InvalidInputError} if the list is empty, if a step is no string or is empty or only white space,
 * or if the response is not made up of the steps; the message names the step and what was found in its place
 */
export function joinSteps(
  steps: readonly string[],
  response?: string | undefined,
): {response: string; spans: StepSpan[]} {
  checkSteps(steps);
  const whole = response ?? steps.join('\n\n');
  if (typeof whole !== 'string') {
    throw new InvalidInputError(`A response has to be a string, not ${showValue(whole)}.`);
  }

  return {response: whole, spans: findSteps(steps, whole)};
}

function checkSteps(steps: unknown): asserts steps is readonly string[] {
  if (!Array.isArray(steps) || steps.length === 0) {
    throw new InvalidInputError(`Steps have to be a list of at least one string, not ${showValue(steps)}.`);
  }

  for (const [index, step] of steps.entries()) {
    if (typeof step !== 'string' || isBlank(step)) {
      throw new InvalidInputError(
        `A step has to be a string with text in it, but steps[${index}] is ${showValue(step)}.`,
      );
    }
  }
}

function findSteps(steps: readonly string[], response: string): StepSpan[] {
  let position = 0;
  const spans = steps.map((text, index) => {
    const start = startOfStep(text, response, position);
    if (start === undefined) {
      throw notFound(text, index, response, position);
    }

    position = start + text.length;
    return {text, start, end: position};
  });

  const rest = nextText(response, position);
  if (rest < response.length) {
    throw new InvalidInputError(
      `The response has to end after step ${steps.length} (steps[${steps.length - 1}]), but goes on with ` +
        `${excerpt(response, rest)} at character ${rest}.`,
    );
  }

  return spans;
}

// A step may begin with white space of its own, so it begins that much before the next text.
function startOfStep(step: string, response: string, position: number): number | undefined {
  const indent = step.length - step.trimStart().length;
  const start = nextText(response, position) - indent;
  return start >= position && response.startsWith(step, start) ? start : undefined;
}

function nextText(response: string, position: number): number {
  const text = /\S/g;
  text.lastIndex = position;
  return text.exec(response)?.index ?? response.length;
}

function notFound(step: string, index: number, response: string, position: number): InvalidInputError {
  const found = nextText(response, position);
  return new InvalidInputError(
    `Step ${index + 1} (steps[${index}]), ${excerpt(step, 0)}, has to come next in the response, but at character ` +
      `${found} there is ${excerpt(response, found)}.`,
  );
}

function excerpt(text: string, at: number): string {
  return at < text.length ? showValue(text.slice(at, at + 30)) : 'nothing more';
}
