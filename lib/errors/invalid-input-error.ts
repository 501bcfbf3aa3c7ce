import {ImplicitPrmError} from './implicit-prm-error.js';

/**
 * An argument is wrong: of the wrong type, out of its range, or at odds with another argument. The message names
 * the argument and shows the value.
 */
export class InvalidInputError extends ImplicitPrmError {
  static {
    InvalidInputError.prototype.name = 'InvalidInputError';
  }

  declare readonly code: 'INVALID_INPUT';

  /**
   * @param message - one sentence for a human
   * @param options - `cause`: the error underneath, if any
   */
  constructor(message: string, options?: ErrorOptions) {
    super('INVALID_INPUT', message, options);
  }
}
