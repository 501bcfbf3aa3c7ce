import process from 'node:process';

/** The columns of the terminal that stdout is, else those that COLUMNS tells, else without end. */
export function terminalWidth(): number {
  // A terminal that does not know its size says 0.
  return process.stdout.columns || Number(process.env.COLUMNS) || Number.POSITIVE_INFINITY;
}
