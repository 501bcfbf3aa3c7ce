/**
 * Puts items into a random order (Fisher–Yates).
 *
 * @param random - the next number from 0 up to but not including 1
 * @returns a new list
 */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const list = [...items];
  for (let end = list.length - 1; end > 0; end--) {
    const other = Math.floor(random() * (end + 1));
    [list[end], list[other]] = [list[other]!, list[end]!];
  }

  return list;
}
