import {inspect} from 'node:util';

const longest = 80;

/**
 * Renders any value on one short line, for an error message: strings in quotes with their control characters
 * escaped, numbers as JavaScript prints them (`NaN`, `-0`, `1n`), functions, symbols, errors and circular
 * objects by their kind.
 *
 * @param value - anything at all
 * @returns one line of at most 80 UTF-16 units, ending in `…` where something was cut
 */
export function showValue(value: unknown): string {
  return cut(render(value).replace(/[\r\n\u2028\u2029]\s*/g, ' '));
}

function render(value: unknown): string {
  try {
    if (value instanceof Error) {
      return `[${value.name}: ${value.message}]`;
    }

    // A shortened copy, so that a response of a megabyte is not escaped for the sake of 80 characters.
    return inspect(typeof value === 'string' ? value.slice(0, 2 * longest) : value, {
      depth: 1,
      breakLength: Number.POSITIVE_INFINITY,
      maxArrayLength: 8,
      maxStringLength: 2 * longest,
      // The value's own hooks may throw or print pages.
      customInspect: false,
    });
  } catch {
    // A proxy or a getter that throws must not replace the error that was to be reported.
    return `[${typeof value}]`;
  }
}

function cut(line: string): string {
  if (line.length <= longest) {
    return line;
  }

  const head = line.slice(0, longest - 1);
  // Half a surrogate pair would print as a replacement character.
  return `${/[\uD800-\uDBFF]$/.test(head) ? head.slice(0, -1) : head}…`;
}
