import {type Environment, LibraryInterpreter, type Node, type Value} from './jinja-library.js';
import {changed, type Held, held, type Printed} from './nodes.js';
import {filters} from './python-filters.js';
import {binaryOfPython} from './python-operators.js';
import {stringMethods} from './python-strings.js';
import {itemsOf, pythonText, toFunction, toList, toValue} from './runtime-value.js';
import {bounded, requireWorkable, requireWritable} from './size-limits.js';

/** Methods and filters that look at a text or cut it, and need little memory for it. */
const light = new Set([
  'length',
  'count',
  'startswith',
  'endswith',
  'strip',
  'lstrip',
  'rstrip',
  'trim',
  'split',
  'replace',
  'string',
  'safe',
  'upper',
  'lower',
  'default',
  'd',
  'find',
  'rfind',
  'index',
  'rindex',
  'removeprefix',
  'removesuffix',
  'partition',
  'rpartition',
  'capitalize',
]);

/** The interpreter of the Jinja library, taught what Python does and it does not. */
export class PythonInterpreter extends LibraryInterpreter {
  /** Mappings whose keys are numbers. They are kept as text, and given out as numbers. */
  readonly #numbered = new WeakSet<Value>();

  override evaluate(node: Node | undefined, environment: Environment): Value {
    return bounded(this.#evaluate(node, environment));
  }

  #evaluate(node: Node | undefined, environment: Environment): Value {
    switch (node?.type) {
      case 'Held':
        return (node as Held).value;
      case 'Printed':
        return this.#print((node as Printed).expression, environment);
      case 'ObjectLiteral':
        return this.#objectLiteral(node, environment);
      case 'CallExpression':
        return this.#call(node, environment);
      case 'MemberExpression':
        return this.#member(node, environment);
      case 'FilterExpression':
        return this.#filter(node, environment);
      case 'BinaryExpression':
        return this.#binary(node, environment);
      case 'For':
        return this.#for(node, environment);
      default:
        return super.evaluate(node, environment);
    }
  }

  #print(expression: Node, environment: Environment): Value {
    const value = this.evaluate(expression, environment);
    requireWritable(value);
    return toValue(pythonText(value));
  }

  #objectLiteral(node: Node, environment: Environment): Value {
    const {value: entries} = node as unknown as {value: Map<Node, Node>};
    const evaluated = Array.from(
      entries,
      ([key, value]) => [this.evaluate(key, environment), this.evaluate(value, environment)] as const,
    );
    const made = toValue({});
    made.value = new Map(evaluated.map(([key, value]) => [pythonText(key), value]));
    const kinds = new Set(evaluated.map(([key]) => key.type));
    if (kinds.has('IntegerValue')) {
      this.#numbered.add(made);
      kinds.delete('IntegerValue');
    }

    if (this.#numbered.has(made) ? kinds.size > 0 : [...kinds].some(kind => kind !== 'StringValue')) {
      throw new Error('The keys of a mapping have to be all texts or all whole numbers');
    }

    return made;
  }

  #call(node: Node, environment: Environment): Value {
    const {callee} = node as unknown as {callee: Node};
    if (callee.type !== 'MemberExpression') {
      return super.evaluate(node, environment);
    }

    const member = callee as unknown as {object: Node; property: {value: string}; computed: boolean};
    const object = this.evaluate(member.object, environment);
    const method = member.computed ? undefined : this.#method(object, member.property.value);
    return super.evaluate(
      changed(node, {callee: method ? held(method) : changed(callee, {object: held(object)})}),
      environment,
    );
  }

  #method(object: Value, name: string): Value | undefined {
    if (object.type === 'StringValue') {
      if (!light.has(name)) {
        requireWorkable(object.value as string, name);
      }

      const method = stringMethods.get(name);
      return method && toFunction(call => method(object.value as string, call), object.builtins?.get(name));
    }

    if (!this.#numbered.has(object)) {
      return undefined;
    }

    const {value: map} = object as {value: Map<string, Value>};
    switch (name) {
      case 'items':
        return toFunction(() => this.#pairs(object));
      case 'keys':
        return toFunction(() => toList(Array.from(map.keys(), key => toValue(Number(key)))));
      case 'get':
        return toFunction(({args}) => map.get(pythonText(args[0]!)) ?? args[1] ?? toValue(null));
      default:
        return undefined;
    }
  }

  #member(node: Node, environment: Environment): Value {
    const {object, property, computed} = node as unknown as {object: Node; property: Node; computed: boolean};
    const value = this.evaluate(object, environment);
    if (value.type === 'UndefinedValue') {
      throw new Error(
        `${(object as {value?: unknown}).value ?? 'what comes before a dot or bracket'} is undefined`,
      );
    }

    if (computed && this.#numbered.has(value)) {
      const key = this.evaluate(property, environment);
      return (value.value as Map<string, Value>).get(pythonText(key)) ?? toValue(undefined);
    }

    return super.evaluate(changed(node, {object: held(value)}), environment);
  }

  #filter(node: Node, environment: Environment): Value {
    const {operand, filter} = node as unknown as {operand: Node; filter: Node};
    const {callee, args = []} = filter as unknown as {callee?: {value: string}; args?: Node[]};
    const name = callee?.value ?? (filter as unknown as {value: string}).value;
    const value = this.evaluate(operand, environment);
    requireWritable(value);
    if (value.type === 'StringValue' && !light.has(name)) {
      requireWorkable(value.value as string, name);
    }

    if (this.#numbered.has(value) && (name === 'items' || name === 'dictsort')) {
      return this.#pairs(value, name === 'dictsort');
    }

    const own = filters.get(name);
    const result = own?.(value, {
      args: () => args.filter(isPositional).map(arg => this.evaluate(arg, environment)),
      named: key => this.#named(args, key, environment),
      test: (test, tested, given) => this.#test(test, tested, given, environment),
      filter: (inner, filtered, given) => this.#apply(inner, filtered, given, environment),
    });
    return result ?? super.evaluate(changed(node, {operand: held(value)}), environment);
  }

  #named(args: readonly Node[], key: string, environment: Environment): Value | undefined {
    const found = (args as unknown as {key?: {value: string}; value: Node}[]).find(
      arg => arg.key?.value === key,
    );
    return found && this.evaluate(found.value, environment);
  }

  #test(name: string, value: Value, given: readonly Value[], environment: Environment): boolean {
    const test = environment.tests.get(name);
    if (!test) {
      throw new Error(`Unknown test: ${name}`);
    }

    return test(value, ...given);
  }

  #apply(name: string, value: Value, given: readonly Value[], environment: Environment): Value {
    const identifier = {type: 'Identifier', value: name};
    const filter =
      given.length === 0 ? identifier : {type: 'CallExpression', callee: identifier, args: given.map(held)};
    return this.evaluate(
      {type: 'FilterExpression', operand: held(value), filter} as unknown as Node,
      environment,
    );
  }

  /** Keys and values of a mapping by numbers. */
  #pairs(value: Value, sorted = false): Value {
    const entries = [...(value.value as Map<string, Value>)].map(
      ([key, item]) => [Number(key), item] as const,
    );
    const ordered = sorted ? entries.toSorted(([a], [b]) => a - b) : entries;
    return toList(ordered.map(([key, item]) => toList([toValue(key), item])));
  }

  #binary(node: Node, environment: Environment): Value {
    const {operator, left, right} = node as unknown as {
      operator: {value: string};
      left: Node;
      right: Node;
    };
    // These two decide whether the right side is evaluated at all.
    if (operator.value === 'and' || operator.value === 'or') {
      return super.evaluate(node, environment);
    }

    const [a, b] = [this.evaluate(left, environment), this.evaluate(right, environment)];
    return (
      binaryOfPython(operator.value, a, b, this.#numbered.has(b)) ??
      super.evaluate(changed(node, {left: held(a), right: held(b)}), environment)
    );
  }

  #for(node: Node, environment: Environment): Value {
    const {iterable} = node as unknown as {iterable: Node};
    if (iterable.type === 'SelectExpression') {
      const {lhs} = iterable as unknown as {lhs: Node};
      const list = held(this.#iterated(this.evaluate(lhs, environment)));
      return super.evaluate(changed(node, {iterable: changed(iterable, {lhs: list})}), environment);
    }

    const list = held(this.#iterated(this.evaluate(iterable, environment)));
    return super.evaluate(changed(node, {iterable: list}), environment);
  }

  /** Python goes through the characters of a text too, and through nothing where nothing is defined. */
  #iterated(value: Value): Value {
    const items = itemsOf(value);
    if (items === undefined) {
      throw new Error(`Cannot go through ${pythonText(value)}: it is no list, mapping or text`);
    }

    return toList(this.#numbered.has(value) ? items.map(key => toValue(Number(key.value))) : items);
  }
}

function isPositional({type}: Node): boolean {
  return type !== 'KeywordArgumentExpression' && type !== 'KeywordSpreadExpression';
}
