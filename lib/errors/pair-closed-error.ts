import {ImplicitPrmError} from './implicit-prm-error.js';

/**
 * The pair was used after it was closed, or was closed while the call ran.
 */
export class PairClosedError extends ImplicitPrmError {
  static {
    PairClosedError.prototype.name = 'PairClosedError';
  }

  declare readonly code: 'PAIR_CLOSED';

  /**
   * @param message - one sentence for a human
   * @param options - `cause`: the error underneath, if any
   */
  constructor(message: string, options?: ErrorOptions) {
    super('PAIR_CLOSED', message, options);
  }
}
