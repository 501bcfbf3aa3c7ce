import {ImplicitPrmError} from './implicit-prm-error.js';

/**
 * A generator could not write: `GENERATION_FAILED`, or `GENERATOR_CLOSED` if it was closed before or during the call.
 */
export class GenerationError extends ImplicitPrmError {
  static {
    GenerationError.prototype.name = 'GenerationError';
  }

  declare readonly code: 'GENERATION_FAILED' | 'GENERATOR_CLOSED';

  /**
   * @param code - which of this class's codes applies
   * @param message - one sentence for a human
   * @param options - `cause`: the error underneath, if any
   */
  constructor(code: GenerationError['code'], message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}
