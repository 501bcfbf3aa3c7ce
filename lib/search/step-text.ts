import type {Continuation} from '../generate/text-generator.js';
import type {SearchNode} from './search-node.js';

/** A step as it was written, and how often. */
export interface WrittenStep {
  /** With the separator behind it unless it is the last. */
  text: string;
  reason: Continuation['reason'];
  count: number;
}

/** What steps behind the same node are told apart by. */
export function stepKey(continuation: Continuation, separator: string): string {
  return keyOf(continuation.reason, stepText(continuation, separator));
}

/** The same for a step that is in the tree. */
export function nodeKey(node: SearchNode): string {
  return keyOf(endOf(node), node.text);
}

/**
 * The steps among what was written behind a node, by their keys; equal ones are one.
 *
 * @param separator - what parts steps
 */
export function stepsAmong(
  continuations: readonly Continuation[],
  parent: SearchNode,
  separator: string,
): Map<string, WrittenStep> {
  const steps = new Map<string, WrittenStep>();
  for (const one of continuations) {
    if (isStep(parent, one)) {
      const key = stepKey(one, separator);
      const count = (steps.get(key)?.count ?? 0) + 1;
      steps.set(key, {text: stepText(one, separator), reason: one.reason, count});
    }
  }

  return steps;
}

/** The first step of a text, as if it had been written alone. */
export function firstStep(rest: Continuation, separator: string): Continuation {
  const end = rest.text.indexOf(separator);
  return end === -1 ? rest : {...rest, text: rest.text.slice(0, end), reason: 'stop', stop: separator};
}

function keyOf(reason: Continuation['reason'], text: string): string {
  return `${reason} ${text}`;
}

function stepText({text, reason}: Continuation, separator: string): string {
  return reason === 'stop' ? text + separator : text;
}

/** A response may end without another word; a step has to say something. */
function isStep(parent: SearchNode, {text, reason}: Continuation): boolean {
  return reason !== 'aborted' && (text.trim() !== '' || (reason === 'end' && parent.parent !== null));
}

function endOf({state}: SearchNode): Continuation['reason'] {
  switch (state) {
    case 'finished':
      return 'end';
    case 'cut':
      return 'length';
    default:
      return 'stop';
  }
}
