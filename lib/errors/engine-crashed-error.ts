import {ImplicitPrmError} from './implicit-prm-error.js';

/** What is known of the end of an engine's process. */
export interface EngineCrashedErrorOptions extends ErrorOptions {
  /** The signal that ended it, such as `SIGSEGV`; `null` if none did. */
  signal?: NodeJS.Signals | null | undefined;
  /** What it left with; `null` if a signal ended it. */
  exitCode?: number | null | undefined;
  /** The last lines that it logged or printed. */
  log?: readonly string[] | undefined;
}

/**
 * The process in which `isolate` has the models evaluated ended by itself. The process of the caller is unharmed, and the
 * next call starts the engine again.
 */
export class EngineCrashedError extends ImplicitPrmError {
  static {
    EngineCrashedError.prototype.name = 'EngineCrashedError';
  }

  declare readonly code: 'ENGINE_CRASHED';
  /** The signal that ended the process, such as `SIGSEGV`; `null` if none did. */
  readonly signal: NodeJS.Signals | null;
  /** What the process left with; `null` if a signal ended it, or if it could not be started. */
  readonly exitCode: number | null;
  /** The last lines that the process logged or printed, the latest at the end. */
  readonly log: readonly string[];

  /**
   * @param message - one sentence for a human
   * @param options - what is known of the end, and `cause`: the error underneath, if any
   */
  constructor(
    message: string,
    {signal = null, exitCode = null, log = [], ...options}: EngineCrashedErrorOptions = {},
  ) {
    super('ENGINE_CRASHED', message, options);
    this.signal = signal;
    this.exitCode = exitCode;
    this.log = log;
  }
}
