/**
 * Renders a reward with its sign, to two places. What rounds to nothing has no sign.
 *
 * @param value - any number
 */
export function signed(value: number): string {
  const text = value.toFixed(2);
  if (Number(text) === 0) {
    return '0.00';
  }

  return value > 0 ? `+${text}` : text;
}
