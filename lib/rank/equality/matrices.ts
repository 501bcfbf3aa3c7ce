import {separatorTokens, splitOutsideBrackets} from './brackets.js';

// A determinant, vmatrix, is none.
const environment =
  /^[([]? ?\\begin ?\{(?:[pbB]?matrix|smallmatrix|array)\*?\}(?: ?\{[lcr| ]*\})?([\s\S]*)\\end ?\{(?:[pbB]?matrix|smallmatrix|array)\*?\} ?[)\]]?$/;
const rowEnds = separatorTokens('\\\\\\\\(?: ?\\[[^\\]]*\\])?|\\\\hline');
const cellEnds = separatorTokens('&');

/**
 * Takes a matrix apart. The kind of its brackets is layout.
 *
 * @param text - as `plainAnswer` returns it
 * @returns its rows of cells; `undefined` if the text is no matrix and nothing else
 */
export function matrixRows(text: string): string[][] | undefined {
  const body = environment.exec(text)?.[1];
  const rows = body === undefined ? undefined : splitOutsideBrackets(body, rowEnds);
  return rows?.parts
    .filter(row => row.trim() !== '')
    .map(row => (splitOutsideBrackets(row, cellEnds)?.parts ?? [row]).map(cell => cell.trim()));
}
