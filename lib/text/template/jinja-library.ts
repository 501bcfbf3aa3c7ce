import * as library from '@huggingface/jinja';

/** A node of a parsed template. */
export interface Node {
  type: string;
}

/** A value of a template while it runs. */
export interface Value {
  type: string;
  value: unknown;
  /** Its methods. */
  builtins?: ReadonlyMap<string, Value>;
  __bool__(): {value: boolean};
  toString(): string;
}

/** The names that a part of a template can see. */
export interface Environment {
  tests: ReadonlyMap<string, (value: Value, ...args: readonly Value[]) => boolean>;
  /** Makes a value of JavaScript's and declares it. */
  set(name: string, value: unknown): Value;
  setVariable(name: string, value: Value): Value;
}

interface Interpreter {
  evaluate(node: Node | undefined, environment: Environment): Value;
}

interface Library {
  Environment: new () => Environment;
  Interpreter: new (environment: Environment) => Interpreter;
  tokenize(source: string, options: {lstrip_blocks: boolean; trim_blocks: boolean}): unknown;
  parse(tokens: unknown): Node;
}

// The package's own types cannot be resolved from a module of ECMAScript.
const {Environment: LibraryEnvironment, Interpreter: LibraryInterpreter} = library as unknown as Library;
const {parse, tokenize} = library as unknown as Library;

export {LibraryEnvironment, LibraryInterpreter};

/** Parses a template as `transformers` does: blocks take no line of their own. */
export function parsed(source: string): Node {
  return parse(tokenize(source, {lstrip_blocks: true, trim_blocks: true}));
}
