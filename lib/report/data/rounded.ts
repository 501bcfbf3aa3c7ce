/** Rounds a number to six digits, which is more than a page shows. */
export function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
