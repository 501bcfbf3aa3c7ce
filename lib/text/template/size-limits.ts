import type {Value} from './jinja-library.js';

// V8 ends the process, not the thread, where one allocation goes far beyond the thread's memory. So no single value may
// become large enough for that; the thread's own limit is for what many of them take.

/** The most characters that a text may have in a template, and what it makes. */
export const longestText = 2 ** 22;

/** The most items of a list or mapping. */
const longestList = 2 ** 18;

/** The most characters of a text that more is done with than to look at it and to cut it. */
const longestWorked = 2 ** 20;

/**
 * The value itself.
 *
 * @throws Error if it is too large
 */
export function bounded(value: Value): Value {
  const {type, value: content} = value;
  if (type === 'StringValue') {
    requireLength((content as string).length);
  } else if (type === 'ArrayValue' || type === 'TupleValue') {
    requireItems((content as readonly Value[]).length);
  } else if (type === 'ObjectValue' || type === 'NamespaceValue') {
    requireItems((content as ReadonlyMap<string, Value>).size);
  }

  return value;
}

/** @throws Error if a text of so many characters is too long */
export function requireLength(length: number): void {
  if (length > longestText) {
    throw new Error(`it makes a text of ${length} characters, and ${longestText} is the most`);
  }
}

/** @throws Error if a list of so many items is too long */
export function requireItems(length: number): void {
  if (length > longestList) {
    throw new Error(`it makes a list of ${length} items, and ${longestList} is the most`);
  }
}

/** @throws Error if a text is too long to do much with it */
export function requireWorkable(text: string, what: string): void {
  if (text.length > longestWorked) {
    throw new Error(`${what} of a text of ${text.length} characters: ${longestWorked} is the most`);
  }
}

/**
 * Makes sure that a value can be written out, with all that is in it, however often.
 *
 * @throws Error if that would be too long
 */
export function requireWritable(value: Value): void {
  let size = 0;
  const add = ({type, value: content}: Value): void => {
    size += type === 'StringValue' ? (content as string).length + 2 : 8;
    requireLength(size);
    if (type === 'ArrayValue' || type === 'TupleValue') {
      (content as readonly Value[]).forEach(add);
    } else if (type === 'ObjectValue' || type === 'NamespaceValue') {
      for (const [key, item] of content as ReadonlyMap<string, Value>) {
        size += key.length + 4;
        add(item);
      }
    }
  };
  add(value);
}
