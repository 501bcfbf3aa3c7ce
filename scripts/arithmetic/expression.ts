/** A number, an operator or a parenthesis. */
export type Token = number | '+' | '-' | '*' | '(' | ')';

/** What two numbers make. */
export function apply(left: number, operator: Token, right: number): number | undefined {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    default:
      return undefined;
  }
}

/**
 * Cuts an expression such as `3 - (4 * -5)` into its tokens. A minus in front of a digit is the number's where no number
 * comes before it.
 *
 * @returns `undefined` for a text that has anything else in it
 */
export function tokensOf(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const before = tokens.at(-1);
    const mayBeSigned = before === undefined || (typeof before === 'string' && before !== ')');
    const match = (mayBeSigned ? /^(?:-?\d+|[()])\s*/u : /^(?:\d+|[-+*()])\s*/u).exec(rest)?.[0];
    if (match === undefined) {
      return undefined;
    }

    const word = match.trim();
    tokens.push(/\d/u.test(word) ? Number(word) : (word as Token));
    rest = rest.slice(match.length);
  }

  return tokens;
}

/** The value of an expression; `undefined` if it is none. */
export function evaluate(tokens: readonly Token[]): number | undefined {
  let position = 0;

  function factor(): number | undefined {
    const token = tokens[position++];
    if (typeof token === 'number') {
      return token;
    }

    const inner = token === '(' ? chain(['+', '-'], () => chain(['*'], factor)) : undefined;
    return tokens[position++] === ')' ? inner : undefined;
  }

  function chain(operators: readonly Token[], operand: () => number | undefined): number | undefined {
    let value = operand();
    while (value !== undefined && operators.includes(tokens[position]!)) {
      const operator = tokens[position++]!;
      const right = operand();
      value = right === undefined ? undefined : apply(value, operator, right);
    }

    return value;
  }

  const value = chain(['+', '-'], () => chain(['*'], factor));
  return position === tokens.length ? value : undefined;
}
