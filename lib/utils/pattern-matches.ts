import vm from 'node:vm';

/** A match of a regular expression, in UTF-16 units. */
export interface PatternMatch {
  start: number;
  end: number;
  /** The first capture group, if it took part. */
  group: string | undefined;
}

// A script of vm is the one thing that ends after a time limit without a thread. matchAll steps on by itself after a
// match of no width.
const script = new vm.Script(
  'Array.from(text.matchAll(new RegExp(source, flags)), ({0: match, 1: group, index}) => [index, index + match.length, group])',
);

/** The flags of a pattern as if it had `g` and not `y`. */
export function globalFlags(pattern: RegExp): string {
  return `${pattern.flags.replace(/[gy]/g, '')}g`;
}

/**
 * Finds every match of a caller's regular expression as if it had the flag `g` and not `y`, and leaves the object as it
 * was. Holds everything else up for so long.
 *
 * @param milliseconds - how long it may take
 * @returns the matches in order; `undefined` if it takes longer
 */
export function matchesWithin(
  text: string,
  pattern: RegExp,
  milliseconds: number,
): PatternMatch[] | undefined {
  try {
    const found: [number, number, string | undefined][] = script.runInNewContext(
      {text, source: pattern.source, flags: globalFlags(pattern)},
      {timeout: milliseconds},
    );
    return found.map(([start, end, group]) => ({start, end, group}));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
      return undefined;
    }

    throw error;
  }
}
