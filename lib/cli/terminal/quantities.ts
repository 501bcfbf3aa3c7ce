const units = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Renders a number of things, such as `1 line` or `2 lines`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Renders a number of bytes, such as `3.3 MB`. */
export function byteSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // From 999.95 on one place after the point would show 1000.0.
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }

  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
