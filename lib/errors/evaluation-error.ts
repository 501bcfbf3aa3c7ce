import {ImplicitPrmError} from './implicit-prm-error.js';

/**
 * A model could not be evaluated: `OUT_OF_MEMORY` or, for every other reason, `EVALUATION_FAILED`.
 */
export class EvaluationError extends ImplicitPrmError {
  static {
    EvaluationError.prototype.name = 'EvaluationError';
  }

  declare readonly code: 'OUT_OF_MEMORY' | 'WRITE_FAILED' | 'EVALUATION_FAILED';

  /**
   * @param code - which of this class's codes applies
   * @param message - one sentence for a human
   * @param options - `cause`: the error underneath, if any
   */
  constructor(code: EvaluationError['code'], message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}
