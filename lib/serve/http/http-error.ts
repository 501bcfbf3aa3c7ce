/** What is known of a request that is refused, beside its status. */
export interface HttpErrorDetails extends ErrorOptions {
  /** What went wrong, as a constant to branch on. */
  code: string;
  /** The field of the body that is wrong. */
  param?: string | undefined;
  /** After how many seconds to try again. */
  retryAfter?: number | undefined;
  /** Further headers of the answer. */
  headers?: Readonly<Record<string, string>> | undefined;
}

/** A request that is refused for a reason that has to do with HTTP: what of it the client is told, and with which status. */
export class HttpError extends Error {
  static {
    HttpError.prototype.name = 'HttpError';
  }

  readonly code: string;
  readonly param: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  /**
   * @param status - of the answer
   * @param message - one sentence for whoever sent the request
   */
  constructor(
    readonly status: number,
    message: string,
    {code, param, retryAfter, headers, ...options}: HttpErrorDetails,
  ) {
    super(message, options);
    this.code = code;
    this.param = param;
    this.headers = {...headers, ...(retryAfter === undefined ? {} : {'retry-after': String(retryAfter)})};
  }
}
