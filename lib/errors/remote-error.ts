import {ImplicitPrmError} from './implicit-prm-error.js';

/** What is known of a request that failed. */
export interface RemoteErrorOptions extends ErrorOptions {
  /** Where it went, without credentials and query. */
  url?: string | undefined;
  /** The HTTP status, if there was an answer. */
  status?: number | undefined;
  /** What the server said, shortened. */
  body?: string | undefined;
}

/** A server could not be reached, refused a request, or answered in a way that cannot be understood. */
export class RemoteError extends ImplicitPrmError {
  static {
    RemoteError.prototype.name = 'RemoteError';
  }

  declare readonly code: 'REMOTE_FAILED';
  /** Where the request went, without credentials and query. */
  readonly url: string | undefined;
  /** The HTTP status, if there was an answer. */
  readonly status: number | undefined;
  /** What the server said, shortened. */
  readonly body: string | undefined;

  /**
   * @param message - one sentence for a human
   * @param options - what is known of the request, and `cause`: the error underneath, if any
   */
  constructor(message: string, {url, status, body, ...options}: RemoteErrorOptions = {}) {
    super('REMOTE_FAILED', message, options);
    this.url = url;
    this.status = status;
    this.body = body;
  }
}
