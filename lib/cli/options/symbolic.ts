import process from 'node:process';
import {Option} from 'commander';
import {type Algebra, openAlgebra} from '../../rank/algebra/algebra.js';
import {counted} from '../terminal/quantities.js';

/** Whether answers are compared by algebra too. */
export interface SymbolicFlags {
  symbolic?: true;
  quiet?: true;
}

/** Makes the option `--symbolic`. */
export function symbolicOption(): Option {
  return new Option(
    '--symbolic',
    'compare answers by algebra too, 2√3 with √12; needs npm install @cortex-js/compute-engine',
  );
}

/**
 * Opens the computer algebra library if it is asked for, and tells in the end what it left undecided.
 *
 * @param use - what answers are compared for
 * @throws `InvalidInputError` if the library is not installed
 */
export async function withAlgebra<T>(
  {symbolic, quiet}: SymbolicFlags,
  use: (algebra: Algebra | undefined) => Promise<T>,
): Promise<T> {
  if (!symbolic) {
    return use(undefined);
  }

  await using algebra = await openAlgebra();
  const result = await use(algebra);
  if (algebra.undecided > 0 && !quiet) {
    process.stderr.write(
      `implicit-prm: ${counted(algebra.undecided, 'comparison')} of answers took too long and ` +
        `${algebra.undecided === 1 ? 'counts' : 'count'} as different\n`,
    );
  }

  return result;
}
