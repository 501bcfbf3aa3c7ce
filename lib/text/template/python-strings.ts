import type {Value} from './jinja-library.js';
import {type Call, pythonText, toValue} from './runtime-value.js';
import {requireItems, requireLength, requireWorkable, requireWritable} from './size-limits.js';

/** A method of texts; gives `undefined` where the library's own does. */
type StringMethod = (text: string, call: Call) => Value | undefined;

/**
 * Methods of Python's strings that the Jinja library does not have, or has without their arguments. Templates are written
 * for Python, where every method of a string can be called.
 */
export const stringMethods: ReadonlyMap<string, StringMethod> = new Map<string, StringMethod>([
  ['format', (text, call) => toValue(format(text, call))],
  ['strip', (text, call) => toValue(stripped(text, call, {left: true, right: true}))],
  ['lstrip', (text, call) => toValue(stripped(text, call, {left: true}))],
  ['rstrip', (text, call) => toValue(stripped(text, call, {right: true}))],
  ['join', (text, {args}) => toValue(joined(listOf(args[0]), text))],
  ['split', splitText],
  ['replace', (text, {args, named}) => toValue(replaced(text, args, named.get('count')))],
  [
    'title',
    text =>
      toValue(text.replaceAll(/\p{L}+/gu, word => word[0]!.toUpperCase() + word.slice(1).toLowerCase())),
  ],
  ['capitalize', text => toValue(text.charAt(0).toUpperCase() + text.slice(1).toLowerCase())],
  ['find', (text, {args}) => toValue(codePointIndex(text, text.indexOf(textOf(args[0]))))],
  ['rfind', (text, {args}) => toValue(codePointIndex(text, text.lastIndexOf(textOf(args[0]))))],
  ['index', (text, {args}) => toValue(foundIndex(text, text.indexOf(textOf(args[0]))))],
  ['rindex', (text, {args}) => toValue(foundIndex(text, text.lastIndexOf(textOf(args[0]))))],
  ['count', (text, {args}) => toValue(occurrences(text, textOf(args[0])))],
  [
    'removeprefix',
    (text, {args}) => toValue(text.startsWith(textOf(args[0])) ? text.slice(textOf(args[0]).length) : text),
  ],
  [
    'removesuffix',
    (text, {args}) =>
      toValue(text.endsWith(textOf(args[0])) ? text.slice(0, text.length - textOf(args[0]).length) : text),
  ],
  ['splitlines', text => toValue(splitLines(text))],
  ['rsplit', (text, {args}) => toValue(splitFromRight(text, args))],
  ['partition', (text, {args}) => toValue(partition(text, textOf(args[0])))],
  ['rpartition', (text, {args}) => toValue(partitionFromRight(text, textOf(args[0])))],
  ['isdigit', text => toValue(/^\p{Nd}+$/u.test(text))],
  ['isnumeric', text => toValue(/^\p{N}+$/u.test(text))],
  ['isalpha', text => toValue(/^\p{L}+$/u.test(text))],
  ['isalnum', text => toValue(/^[\p{L}\p{N}]+$/u.test(text))],
  ['isspace', text => toValue(text !== '' && stripWhere(text, isSpace, {left: true}) === '')],
  ['isupper', text => toValue(text === text.toUpperCase() && text !== text.toLowerCase())],
  ['islower', text => toValue(text === text.toLowerCase() && text !== text.toUpperCase())],
  ['casefold', text => toValue(text.toLowerCase())],
  ['swapcase', text => toValue(Array.from(text, swapCase).join(''))],
  ['zfill', (text, {args}) => toValue(zeroFilled(text, widthOf(args[0])))],
  ['ljust', (text, {args}) => toValue(text + padding(text, args))],
  ['rjust', (text, {args}) => toValue(padding(text, args) + text)],
]);

/** The widest that numbers and texts are padded to: anything more is a mistake of the template. */
const widest = 100_000;

/** `'%s and %d' % values`, as far as templates use it. */
export function printf(format: string, values: readonly Value[]): string {
  let next = 0;
  return format.replaceAll(/%(?:\((\w+)\))?([-0]?\d*)(?:\.(\d+))?([sdifr%])/gu, (...groups) => {
    const [, , width, digits, kind] = groups as [
      string,
      string | undefined,
      string,
      string | undefined,
      string,
    ];
    if (kind === '%') {
      return '%';
    }

    const value = values[next++];
    if (value === undefined) {
      throw new Error('not enough arguments for format string');
    }

    return aligned(converted(value, kind, digits), width);
  });
}

function converted(value: Value, kind: string, digits: string | undefined): string {
  if (kind === 'f') {
    return Number(value.value).toFixed(digits === undefined ? 6 : Number(digits));
  }

  return kind === 'd' || kind === 'i' ? String(Math.trunc(Number(value.value))) : pythonText(value);
}

function aligned(text: string, width: string): string {
  const size = Math.abs(Number.parseInt(width || '0', 10));
  if (size > widest) {
    throw new Error(`expected a width of at most ${widest}`);
  }

  if (width.startsWith('-')) {
    return text.padEnd(size);
  }

  return text.padStart(size, width.startsWith('0') ? '0' : ' ');
}

/** `'{} {name}'.format(…)`. Attributes and items of the arguments cannot be reached. */
function format(text: string, {args, named}: Call): string {
  let next = 0;
  return text.replaceAll(/\{\{|\}\}|\{([^{}]*)\}/gu, (all: string, field: string | undefined) => {
    if (field === undefined) {
      return all[0]!;
    }

    const [, name, spec] = /^(\w*)(?::([-<>^]?0?\d*(?:\.\d+)?[sdf]?))?$/u.exec(field) ?? [];
    if (name === undefined) {
      throw new Error(`format cannot do "{${field}}"`);
    }

    const value = /^\d*$/u.test(name) ? args[name === '' ? next++ : Number(name)] : named.get(name);
    if (value === undefined) {
      throw new Error(`format has nothing for "{${field}}"`);
    }

    return spec === undefined ? pythonText(value) : specified(value, spec);
  });
}

function specified(value: Value, spec: string): string {
  const [, alignment, width, digits, kind] = /^([-<>^]?)(0?\d*)(?:\.(\d+))?([sdf]?)$/u.exec(spec)!;
  const text = converted(value, digits === undefined ? kind! || 's' : 'f', digits);
  const isNumber = typeof value.value === 'number';
  const left = alignment === '<' || (alignment === '' && !isNumber);
  return aligned(text, (left ? '-' : '') + width!);
}

function stripped(text: string, {args}: Call, sides: {left?: boolean; right?: boolean}): string {
  const given = args[0];
  if (given === undefined || given.type === 'NullValue') {
    return stripWhere(text, isSpace, sides);
  }

  const characters = new Set(textOf(given));
  return stripWhere(text, character => characters.has(character), sides);
}

function stripWhere(
  text: string,
  isStripped: (character: string) => boolean,
  {left = false, right = false}: {left?: boolean; right?: boolean},
): string {
  let start = 0;
  let end = text.length;
  const first = () => String.fromCodePoint(text.codePointAt(start)!);
  const last = () => /.$/su.exec(text.slice(Math.max(start, end - 2), end))![0].replace(/^.(?=.)/su, '');
  while (left && start < end && isStripped(first())) start += first().length;
  while (right && end > start && isStripped(last())) end -= last().length;
  return text.slice(start, end);
}

const separators = '\u001C\u001D\u001E\u001F\u0085';
// biome-ignore lint/suspicious/noControlCharactersInRegex: Python ends lines at them
const lineEnd = /\r\n|[\n\r\v\f\u001C\u001D\u001E\u0085\u2028\u2029]/u;

/** White space as Python sees it: not a byte order mark, but the separators of ASCII. */
function isSpace(character: string): boolean {
  return (/^\s$/u.test(character) && character !== '\uFEFF') || separators.includes(character);
}

/** Without white space at both ends, as Python's `strip` and the filter `trim`. */
export function trimmed(text: string): string {
  return stripWhere(text, isSpace, {left: true, right: true});
}

/** The texts of a list one behind the other. */
export function joined(items: readonly Value[], separator: string): string {
  let length = 0;
  for (const item of items) {
    requireWritable(item);
    length += separator.length + (item.type === 'StringValue' ? (item.value as string).length : 0);
    requireLength(length);
  }

  return items.map(pythonText).join(separator);
}

function splitText(text: string, {args, named}: Call): Value | undefined {
  const separator = args[0] ?? named.get('sep');
  if (separator?.type === 'StringValue' && separator.value !== '') {
    requireItems(occurrences(text, separator.value as string));
  } else {
    requireWorkable(text, 'split');
  }

  return undefined;
}

/** `text.replace(old, new, count)`. */
export function replaced(text: string, args: readonly Value[], named: Value | undefined): string {
  const [old, by] = [textOf(args[0]), textOf(args[1])];
  const count = args[2] ?? named;
  const most =
    count === undefined || count.type === 'NullValue' || Number(count.value) < 0
      ? Infinity
      : Number(count.value);
  if (old === '') {
    requireWorkable(text, 'replace');
    const characters = ['', ...Array.from(text)];
    requireLength(text.length + Math.min(most, characters.length) * by.length);
    return characters.map((character, index) => character + (index < most ? by : '')).join('');
  }

  const found = Math.min(most, occurrences(text, old));
  requireLength(text.length + found * (by.length - old.length));
  let result = '';
  let from = 0;
  for (let done = 0; done < found; done++) {
    const at = text.indexOf(old, from);
    result += text.slice(from, at) + by;
    from = at + old.length;
  }

  return result + text.slice(from);
}

function textOf(value: Value | undefined): string {
  if (value?.type !== 'StringValue') {
    throw new Error(`expected a string, not ${value === undefined ? 'nothing' : pythonText(value)}`);
  }

  return value.value as string;
}

function listOf(value: Value | undefined): readonly Value[] {
  if (value?.type !== 'ArrayValue') {
    throw new Error('expected a list');
  }

  return value.value as readonly Value[];
}

function widthOf(value: Value | undefined): number {
  const width = value?.value;
  if (typeof width !== 'number' || width > widest) {
    throw new Error(`expected a width of at most ${widest}`);
  }

  return width;
}

function padding(text: string, [width, fill]: readonly Value[]): string {
  const missing = widthOf(width) - Array.from(text).length;
  return (fill === undefined ? ' ' : textOf(fill)).repeat(Math.max(0, missing));
}

function zeroFilled(text: string, width: number): string {
  const [, sign, rest] = /^([+-]?)(.*)$/su.exec(text)!;
  return sign + rest!.padStart(width - sign!.length, '0');
}

function codePointIndex(text: string, index: number): number {
  return index === -1 ? -1 : Array.from(text.slice(0, index)).length;
}

function foundIndex(text: string, index: number): number {
  if (index === -1) {
    throw new Error('substring not found');
  }

  return codePointIndex(text, index);
}

function occurrences(text: string, part: string): number {
  if (part === '') {
    return Array.from(text).length + 1;
  }

  let count = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) {
    count++;
  }

  return count;
}

function splitLines(text: string): string[] {
  const lines = text.split(lineEnd);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function splitFromRight(text: string, [separator, limit]: readonly Value[]): string[] {
  const parts =
    separator === undefined || separator.type === 'NullValue'
      ? text.split(/\s+/u).filter(part => part !== '')
      : text.split(textOf(separator));
  const joint = separator?.type === 'StringValue' ? (separator.value as string) : ' ';
  const most = limit === undefined ? -1 : Number(limit.value);
  const kept = most < 0 ? 0 : Math.max(0, parts.length - 1 - most);
  return kept === 0 ? parts : [parts.slice(0, kept + 1).join(joint), ...parts.slice(kept + 1)];
}

function partition(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, '', ''] : [text.slice(0, at), separator, text.slice(at + separator.length)];
}

function partitionFromRight(text: string, separator: string): string[] {
  const at = text.lastIndexOf(separator);
  return at === -1 ? ['', '', text] : [text.slice(0, at), separator, text.slice(at + separator.length)];
}

function swapCase(character: string): string {
  const upper = character.toUpperCase();
  return character === upper ? character.toLowerCase() : upper;
}
