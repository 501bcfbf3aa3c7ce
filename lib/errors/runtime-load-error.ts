import {ImplicitPrmError} from './implicit-prm-error.js';

/**
 * The native side cannot start: `ADDON_NOT_FOUND`, `RUNTIME_NOT_FOUND` (no llama.cpp libraries),
 * `RUNTIME_MISMATCH` (llama.cpp libraries of another version) or `GPU_UNAVAILABLE`.
 */
export class RuntimeLoadError extends ImplicitPrmError {
  static {
    RuntimeLoadError.prototype.name = 'RuntimeLoadError';
  }

  declare readonly code: 'ADDON_NOT_FOUND' | 'RUNTIME_NOT_FOUND' | 'RUNTIME_MISMATCH' | 'GPU_UNAVAILABLE';

  /**
   * @param code - which of this class's codes applies
   * @param message - one sentence for a human
   * @param options - `cause`: the error underneath, if any
   */
  constructor(code: RuntimeLoadError['code'], message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}
