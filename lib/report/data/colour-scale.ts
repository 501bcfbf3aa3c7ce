/**
 * Chooses the size from which on colours are full: one that most values stay under, so that a few extreme ones do
 * not leave all others pale.
 *
 * @param values - of either sign; zeros do not count
 * @param share - how many of the values stay under it, 0 … 1
 * @returns a number above 0
 */
export function colourScale(values: Iterable<number>, share: number): number {
  const sizes = Float64Array.from(values, Math.abs)
    .filter(size => size > 0)
    .sort();
  return sizes.length === 0 ? 1 : Number(sizes[Math.floor(share * (sizes.length - 1))]!.toPrecision(2));
}
