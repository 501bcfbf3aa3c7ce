import {ImplicitPrmError} from './implicit-prm-error.js';

/** A training came to nothing, `TRAINING_FAILED`: its numbers grew beyond all bounds. */
export class TrainingError extends ImplicitPrmError {
  static {
    TrainingError.prototype.name = 'TrainingError';
  }

  declare readonly code: 'TRAINING_FAILED';

  /**
   * @param message - one sentence for a human
   * @param options - `cause`: the error underneath, if any
   */
  constructor(message: string, options?: ErrorOptions) {
    super('TRAINING_FAILED', message, options);
  }
}
