/**
 * Breaks a line at spaces, and within a word only if the word is longer than a row.
 *
 * @param line - one line of text
 * @param width - the most characters (code points) in a row, at least 1
 * @returns the rows, at least one
 */
export function wrapLine(line: string, width: number): string[] {
  const rows: string[] = [];
  let rest = [...line];
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    const fits = space > 0 && rest.slice(0, space).some(character => character !== ' ');
    rows.push(
      rest
        .slice(0, fits ? space : width)
        .join('')
        .trimEnd(),
    );
    rest = rest.slice(fits ? space + 1 : width);
  }

  return [...rows, rest.join('')];
}
