import type {TokenView} from './tokens.js';

/** What is coloured as one: a token, or the tokens of one character. */
export interface TokenCell {
  /** The index of the first token. */
  first: number;
  tokens: TokenView[];
  /** Its text; empty for an end-of-turn token. */
  text: string;
}

/**
 * Puts the tokens that make one character together, such as those of an emoji's bytes, which begin at the same place.
 *
 * @param tokens - in order
 * @param text - the response
 */
export function tokenCells(tokens: readonly TokenView[], text: string): TokenCell[] {
  const cells: TokenCell[] = [];
  for (const [index, token] of tokens.entries()) {
    const last = cells.at(-1);
    const isBehind = token.start === text.length;
    if (last && !isBehind && last.tokens[0]!.start === token.start && last.tokens[0]!.step === token.step) {
      last.tokens.push(token);
    } else {
      cells.push({first: index, tokens: [token], text: ''});
    }
  }

  for (const [index, cell] of cells.entries()) {
    // What comes before the first token is shown with it.
    const next = cells[index + 1];
    cell.text = text.slice(
      index === 0 ? 0 : cell.tokens[0]!.start,
      next ? next.tokens[0]!.start : text.length,
    );
  }

  return cells;
}
