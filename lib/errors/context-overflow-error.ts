import {ImplicitPrmError} from './implicit-prm-error.js';

/**
 * Prompt and response together have more tokens than the context holds. Nothing is cut silently: a reward over
 * part of a response would not be the reward of the response.
 */
export class ContextOverflowError extends ImplicitPrmError {
  static {
    ContextOverflowError.prototype.name = 'ContextOverflowError';
  }

  declare readonly code: 'CONTEXT_OVERFLOW';

  /**
   * @param message - one sentence for a human
   * @param options - `cause`: the error underneath, if any
   */
  constructor(message: string, options?: ErrorOptions) {
    super('CONTEXT_OVERFLOW', message, options);
  }
}
