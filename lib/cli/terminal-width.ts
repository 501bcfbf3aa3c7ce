import process from 'node:process';

/** The columns of the terminal that stdout is, else those that COLUMNS tells, else without end. */
export function terminalWidth(): number {
  return process.stdout.columns ?? (Number(process.env.COLUMNS) || Number.POSITIVE_INFINITY);
}
