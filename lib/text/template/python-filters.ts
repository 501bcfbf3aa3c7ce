import type {Value} from './jinja-library.js';
import {joined as joinedTexts, replaced, trimmed} from './python-strings.js';
import {itemsOf, pythonText, toList, toValue} from './runtime-value.js';

/** What a filter is given beside its operand. */
interface FilterCall {
  args: () => readonly Value[];
  named: (name: string) => Value | undefined;
  test: (name: string, value: Value, args: readonly Value[]) => boolean;
  filter: (name: string, value: Value, args: readonly Value[]) => Value;
}

/** A filter of its own; gives `undefined` where the library's does. */
type Filter = (value: Value, call: FilterCall) => Value | undefined;

/** Filters of Jinja that the library does not have, or not for every operand. */
export const filters: ReadonlyMap<string, Filter> = new Map<string, Filter>([
  ['selectattr', (value, call) => (isNothing(value) ? toList([]) : chosenByAttribute(value, call, true))],
  ['rejectattr', (value, call) => (isNothing(value) ? toList([]) : chosenByAttribute(value, call, false))],
  ['select', (value, call) => chosen(value, call, true)],
  ['reject', (value, call) => chosen(value, call, false)],
  ['map', mapped],
  ['string', value => toValue(pythonText(value))],
  ['trim', value => (value.type === 'StringValue' ? toValue(trimmed(value.value as string)) : undefined)],
  ['replace', (value, {args, named}) => toValue(replaced(pythonText(value), args(), named('count')))],
  ['count', value => lengthOf(value)],
  ['length', value => lengthOf(value)],
  ['list', value => (value.type === 'ArrayValue' ? undefined : listed(value))],
  ['d', (value, call) => defaulted(value, call)],
  ['e', value => escaped(value)],
  ['escape', value => escaped(value)],
  ['sum', summed],
  ['min', value => extreme(value, -1)],
  ['max', value => extreme(value, 1)],
  ['first', value => itemsOf(value)?.[0] ?? toValue(undefined)],
  ['last', value => itemsOf(value)?.at(-1) ?? toValue(undefined)],
  ['join', joined],
  ['wordcount', value => toValue(pythonText(value).match(/\w+/gu)?.length ?? 0)],
  ['round', rounded],
]);

function isNothing(value: Value): boolean {
  return value.type === 'NullValue' || value.type === 'UndefinedValue' || value.value === '';
}

function required(value: Value): readonly Value[] {
  const items = value.type === 'NullValue' ? [] : itemsOf(value);
  if (items === undefined) {
    throw new Error(`${pythonText(value)} is no list`);
  }

  return items;
}

function chosen(value: Value, {args, test}: FilterCall, wanted: boolean): Value {
  const [name, ...given] = args();
  const passes = (item: Value) =>
    name === undefined ? item.__bool__().value : test(String(name.value), item, given);
  return toList(required(value).filter(item => passes(item) === wanted));
}

function chosenByAttribute(value: Value, {args, test}: FilterCall, wanted: boolean): Value {
  const [attribute, name, ...given] = args();
  const passes = (item: Value) => {
    const tested = attributeOf(item, String(attribute?.value));
    return name === undefined ? tested.__bool__().value : test(String(name.value), tested, given);
  };
  return toList(required(value).filter(item => passes(item) === wanted));
}

function mapped(value: Value, {args, named, filter}: FilterCall): Value {
  const attribute = named('attribute');
  const items = required(value);
  if (attribute !== undefined) {
    const byDefault = named('default');
    return toList(
      items.map(item => {
        const found = attributeOf(item, String(attribute.value));
        return found.type === 'UndefinedValue' ? (byDefault ?? found) : found;
      }),
    );
  }

  const [name, ...given] = args();
  if (name === undefined) {
    throw new Error('map() needs an attribute or the name of a filter');
  }

  return toList(items.map(item => filter(String(name.value), item, given)));
}

/** `a.b.0`. Only what mappings and lists hold can be reached. */
function attributeOf(value: Value, path: string): Value {
  let found: Value | undefined = value;
  for (const part of path.split('.')) {
    const {type}: Value = found;
    if (type === 'ObjectValue' || type === 'NamespaceValue') {
      found = (found.value as Map<string, Value>).get(part);
    } else if (type === 'ArrayValue' && /^\d+$/u.test(part)) {
      found = (found.value as Value[])[Number(part)];
    } else {
      found = undefined;
    }

    if (found === undefined) {
      return toValue(undefined);
    }
  }

  return found;
}

function lengthOf(value: Value): Value {
  const items = itemsOf(value);
  if (items === undefined) {
    throw new Error(`${pythonText(value)} has no length`);
  }

  return toValue(items.length);
}

function listed(value: Value): Value {
  const items = itemsOf(value);
  if (items === undefined) {
    throw new Error(`${pythonText(value)} is no list`);
  }

  return toList(items);
}

function defaulted(value: Value, {filter, args}: FilterCall): Value {
  return filter('default', value, args());
}

function escaped(value: Value): Value {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    "'": '&#39;',
    '"': '&#34;',
  };
  return toValue(pythonText(value).replaceAll(/[&<>'"]/gu, character => entities[character]!));
}

function summed(value: Value, {args, named}: FilterCall): Value {
  const attribute = args()[0] ?? named('attribute');
  const items = required(value).map(item =>
    attribute === undefined ? item : attributeOf(item, String(attribute.value)),
  );
  if (items.some(({value: number}) => typeof number !== 'number')) {
    throw new Error('sum() adds numbers only');
  }

  return toValue(items.reduce((sum, item) => sum + Number(item.value), 0));
}

function extreme(value: Value, sign: -1 | 1): Value {
  const items = required(value);
  return items.reduce(
    (best, item) => (Math.sign(compared(item, best)) === sign ? item : best),
    items[0] ?? toValue(undefined),
  );
}

function compared(a: Value, b: Value): number {
  const [left, right] = [a.value, b.value] as [string | number, string | number];
  return left < right ? -1 : left > right ? 1 : 0;
}

function joined(value: Value, {args, named}: FilterCall): Value {
  const [separator = named('d'), attribute = named('attribute')] = args();
  const items = required(value).map(item =>
    attribute === undefined ? item : attributeOf(item, String(attribute.value)),
  );
  return toValue(joinedTexts(items, separator === undefined ? '' : pythonText(separator)));
}

/** Half goes to the even neighbour, as in Python. */
function rounded(value: Value, {args}: FilterCall): Value {
  const scale = 10 ** Number(args()[0]?.value ?? 0);
  const scaled = Number(value.value) * scale;
  const floor = Math.floor(scaled);
  const up = scaled - floor > 0.5 || (scaled - floor === 0.5 && floor % 2 !== 0);
  const made = toValue(0.5);
  made.value = (up ? floor + 1 : floor) / scale;
  return made;
}
