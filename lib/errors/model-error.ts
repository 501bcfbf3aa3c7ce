import {ImplicitPrmError} from './implicit-prm-error.js';

/**
 * A model cannot be had or cannot be used: `MODEL_INVALID` (missing, no GGUF, not loadable, or
 * refused before llama.cpp reads it, which would end the process), `UNSUPPORTED_MODEL` (loads but cannot score),
 * `TRAINING_UNSUPPORTED` (scores but cannot be trained) or `DOWNLOAD_FAILED`.
 */
export class ModelError extends ImplicitPrmError {
  static {
    ModelError.prototype.name = 'ModelError';
  }

  declare readonly code: 'MODEL_INVALID' | 'UNSUPPORTED_MODEL' | 'TRAINING_UNSUPPORTED' | 'DOWNLOAD_FAILED';

  /**
   * @param code - which of this class's codes applies
   * @param message - one sentence for a human
   * @param options - `cause`: the error underneath, if any
   */
  constructor(code: ModelError['code'], message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}
