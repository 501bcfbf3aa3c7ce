/** Whether two values of JSON are the same, but that numbers that are no integers may differ a little. */
export function nearlyEqual(one: unknown, other: unknown, tolerance: number): boolean {
  if (typeof one === 'number' && typeof other === 'number') {
    // A reward may be 0 in one place and next to it in another; counts are whole in both.
    const areCounts = Number.isInteger(one) && Number.isInteger(other);
    return one === other || (!areCounts && Math.abs(one - other) <= tolerance);
  }

  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) {
    return one === other;
  }

  const [entries, others] = [Object.entries(one), Object.entries(other)];
  return (
    Array.isArray(one) === Array.isArray(other) &&
    entries.length === others.length &&
    entries.every(
      ([name, value], index) =>
        name === others[index]![0] && nearlyEqual(value, others[index]![1], tolerance),
    )
  );
}
