/**
 * Renders a reward with its sign. What rounds to nothing has no sign.
 *
 * @param value - any number
 * @param places - after the point
 */
export function signed(value: number, places = 2): string {
  const text = value.toFixed(places);
  if (Number(text) === 0) {
    return (0).toFixed(places);
  }

  return value > 0 ? `+${text}` : text;
}
