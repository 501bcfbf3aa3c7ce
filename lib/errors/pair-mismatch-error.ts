import {ImplicitPrmError} from './implicit-prm-error.js';

/**
 * Policy and reference do not form a pair. A log-ratio compares the probabilities of the same token, so both
 * models need one and the same vocabulary.
 */
export class PairMismatchError extends ImplicitPrmError {
  static {
    PairMismatchError.prototype.name = 'PairMismatchError';
  }

  declare readonly code: 'PAIR_MISMATCH';

  /**
   * @param message - one sentence for a human
   * @param options - `cause`: the error underneath, if any
   */
  constructor(message: string, options?: ErrorOptions) {
    super('PAIR_MISMATCH', message, options);
  }
}
