import type {ErrorCode} from './error-code.js';

/**
 * The base of every error this library throws on purpose. Tell them apart by {@link ImplicitPrmError.code}
 * or by subclass; an error of another class is a bug in the library or came out of a caller's own function.
 */
export class ImplicitPrmError extends Error {
  static {
    // On the prototype rather than in each instance, so that the first line of `stack` has it as well.
    ImplicitPrmError.prototype.name = 'ImplicitPrmError';
  }

  /** What went wrong, stable between versions. */
  readonly code: ErrorCode;

  /**
   * @param code - what went wrong
   * @param message - one sentence for a human, with the offending value where there is one
   * @param options - `cause`: the error underneath, if any
   */
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
