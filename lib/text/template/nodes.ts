import type {Node, Value} from './jinja-library.js';

/** A value in the place of an expression. */
export interface Held extends Node {
  type: 'Held';
  value: Value;
}

/** An expression whose value is printed. */
export interface Printed extends Node {
  type: 'Printed';
  expression: Node;
}

type Fields = Record<string, unknown>;

const statements = new Set([
  'Program',
  'If',
  'For',
  'Set',
  'Macro',
  'CallStatement',
  'FilterStatement',
  'Break',
  'Continue',
  'Comment',
]);

/** Where nodes have lists of what is printed one behind the other. */
const blocks = ['body', 'alternate', 'defaultBlock'];

/**
 * Marks the expressions of a template that are printed: Python prints some values otherwise than the Jinja library does.
 *
 * @returns the program itself, changed
 */
export function withPrinting(program: Node): Node {
  const fields = program as unknown as Fields;
  for (const block of blocks) {
    const body = fields[block];
    if (Array.isArray(body)) {
      fields[block] = (body as Node[]).map(node =>
        statements.has(node.type)
          ? withPrinting(node)
          : // A condition behind a value makes a statement of it: `{{ x if y }}`.
            ({type: 'Printed', expression: node} as Printed),
      );
    }
  }

  return program;
}

/** An expression that has that value. */
export function held(value: Value): Held {
  return {type: 'Held', value};
}

/** A node like another, with other fields. Nodes are told apart by their `type` alone. */
export function changed(node: Node, fields: Fields): Node {
  return Object.assign(Object.create(Object.getPrototypeOf(node) as object) as Node, node, fields);
}
