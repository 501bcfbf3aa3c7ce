import {type Environment, LibraryEnvironment, type Value} from './jinja-library.js';

/** What a function is called with in a template. */
export interface Call {
  args: readonly Value[];
  named: ReadonlyMap<string, Value>;
}

/** Makes a value of strings, numbers, booleans, `null`, `undefined`, and lists and plain objects of these. */
export function toValue(value: unknown): Value {
  return new LibraryEnvironment().set('value', value);
}

/** Makes a list of values. */
export function toList(values: readonly Value[]): Value {
  const list = toValue([]);
  list.value = [...values];
  return list;
}

/**
 * Makes a function that a template can call.
 *
 * @param otherwise - a function to call where the body gives `undefined`
 */
export function toFunction(body: (call: Call) => Value | undefined, otherwise?: Value): Value {
  const made = toValue(() => null);
  made.value = (args: readonly Value[], scope: Environment) => {
    const last = args.at(-1);
    const hasNamed = last?.type === 'KeywordArgumentsValue';
    const result = body({
      args: hasNamed ? args.slice(0, -1) : args,
      named: hasNamed ? (last!.value as Map<string, Value>) : new Map(),
    });
    return result ?? (otherwise!.value as (...all: unknown[]) => Value)(args, scope);
  };
  return made;
}

/** The values of a list or tuple, the characters of a text, the keys of a mapping; `undefined` of anything else. */
export function itemsOf({type, value}: Value): readonly Value[] | undefined {
  switch (type) {
    case 'ArrayValue':
    case 'TupleValue':
      return value as readonly Value[];
    case 'StringValue':
      return Array.from(value as string, toValue);
    case 'ObjectValue':
    case 'NamespaceValue':
      return Array.from((value as Map<string, Value>).keys(), toValue);
    case 'UndefinedValue':
      return [];
    default:
      return undefined;
  }
}

/** A value as Python's `str` writes it, which is what `{{ … }}` prints. */
export function pythonText(value: Value): string {
  switch (value.type) {
    case 'UndefinedValue':
      return '';
    case 'StringValue':
      return value.value as string;
    default:
      return pythonLiteral(value);
  }
}

function pythonLiteral(value: Value): string {
  const {type} = value;
  switch (type) {
    case 'NullValue':
      return 'None';
    case 'UndefinedValue':
      return 'Undefined';
    case 'BooleanValue':
      return value.value ? 'True' : 'False';
    case 'StringValue':
      return quoted(value.value as string);
    case 'TupleValue':
    case 'ArrayValue': {
      const items = (value.value as Value[]).map(pythonLiteral).join(', ');
      return `[${items}]`;
    }

    case 'ObjectValue': {
      const entries = [...(value.value as Map<string, Value>)];
      return `{${entries.map(([key, item]) => `${quoted(key)}: ${pythonLiteral(item)}`).join(', ')}}`;
    }

    default:
      return value.toString();
  }
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\r', String.raw`\r`)
    .replaceAll('\t', String.raw`\t`)
    .replaceAll(quote, `\\${quote}`);
  return quote + escaped + quote;
}
