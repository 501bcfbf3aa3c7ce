import {setTimeout} from 'node:timers/promises';
import pRetry, {AbortError} from 'p-retry';
import {RemoteError} from '../../errors/remote-error.js';

/** The longest part of an answer that an error shows. */
const longestBody = 400;
/** The longest that a server may ask to be waited for, in milliseconds. */
const longestWait = 60_000;

export interface RemoteServerOptions {
  url: string;
  apiKey: string | undefined;
  headers: Record<string, string>;
  /** How often a request is repeated that failed for a passing reason. */
  retries: number;
  /** After how many milliseconds without its answer a request for JSON is given up; never if left out. */
  timeout?: number | undefined;
}

/** What a request carries. */
export interface RemoteRequest {
  /** What to post as JSON; nothing to get. */
  body?: unknown;
  signal?: AbortSignal | undefined;
  /** Give up at once where nobody listens, instead of waiting for a server that may be starting. */
  impatient?: boolean | undefined;
}

/** A server that is asked over HTTP. What it is sent to prove who asks is in no error. */
export class RemoteServer {
  readonly #base: string;
  readonly #headers: Record<string, string>;
  readonly #retries: number;
  readonly #timeout: number | undefined;
  readonly #secrets: readonly string[];

  constructor({url, apiKey, headers, retries, timeout}: RemoteServerOptions) {
    const parsed = new URL(url);
    const {username, password} = parsed;
    // fetch takes no credentials in a URL.
    const basic =
      username === '' ? undefined : `Basic ${btoa(decodeURIComponent(`${username}:${password}`))}`;
    const authorization = apiKey === undefined ? basic : `Bearer ${apiKey}`;
    const path = parsed.pathname.replace(/\/+$/u, '').replace(/\/v1$/u, '');
    this.#base = `${parsed.origin}${path}`;
    this.#headers = {...(authorization === undefined ? {} : {authorization}), ...headers};
    this.#retries = retries;
    this.#timeout = timeout;
    this.#secrets = [apiKey, password, basic?.split(' ')[1], ...Object.values(headers)].filter(
      secret => secret !== undefined && secret.length > 3,
    ) as string[];
  }

  /** Where it is, without credentials. */
  get url(): string {
    return this.#base;
  }

  /**
   * Asks, and asks again if that fails for a reason that may pass, with longer and longer waits.
   *
   * @param path - such as `/v1/models`
   * @param body - what to post as JSON; nothing to get
   * @returns an answer with a status of success
   * @throws {@link RemoteError}, or the signal's reason
   */
  async request(path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
    const url = this.#base + path;
    return this.#retrying(wait => this.#once(url, body, signal, wait), {signal});
  }

  /**
   * Asks for JSON, all of which has to come within the time limit. An answer that breaks off is asked for again.
   *
   * @returns what the answer says
   * @throws {@link RemoteError}, or the signal's reason
   */
  async json(path: string, {body, signal, impatient}: RemoteRequest = {}): Promise<unknown> {
    const url = this.#base + path;
    const text = await this.#retrying(wait => this.#text(url, body, signal, wait), {signal, impatient});
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw this.failure('the answer is no JSON', url, {status: 200, body: text, cause});
    }
  }

  /** An error about an answer of the server. */
  failure(
    what: string,
    url: string,
    {status, body, cause}: {status?: number; body?: string; cause?: unknown} = {},
  ): RemoteError {
    const shown = body === undefined ? undefined : this.#redact(body).slice(0, longestBody);
    const options = {url, status, body: shown, ...(cause === undefined ? {} : {cause})};
    return new RemoteError(this.#redact(`${url}: ${what}${shown ? `: ${messageIn(shown)}` : ''}`), options);
  }

  async #retrying<T>(
    once: (wait: Wait) => Promise<T>,
    {signal, impatient = false}: Pick<RemoteRequest, 'signal' | 'impatient'>,
  ): Promise<T> {
    const wait: Wait = {milliseconds: 0};
    try {
      return await pRetry(() => once(wait), {
        retries: this.#retries,
        minTimeout: 500,
        maxTimeout: 20_000,
        randomize: true,
        signal,
        shouldRetry: ({error}) => isPassing(error) && !(impatient && nobodyListens(error)),
        onFailedAttempt: async ({retriesLeft}) => {
          const {milliseconds} = wait;
          wait.milliseconds = 0;
          if (milliseconds > 0 && retriesLeft > 0) {
            await setTimeout(milliseconds, undefined, {signal});
          }
        },
      });
    } catch (error) {
      // The signal's own reason, which need not be an error.
      signal?.throwIfAborted();
      throw error;
    }
  }

  async #text(url: string, body: unknown, signal: AbortSignal | undefined, wait: Wait): Promise<string> {
    const limit = this.#timeout === undefined ? undefined : AbortSignal.timeout(this.#timeout);
    const either = AbortSignal.any([signal, limit].filter(one => one !== undefined));
    try {
      const response = await this.#once(url, body, either, wait);
      return await response.text();
    } catch (cause) {
      signal?.throwIfAborted();
      if (limit?.aborted) {
        const seconds = this.#timeout! / 1000;
        // Not to be repeated: a server with too much to do would be given the same again.
        throw new AbortError(this.failure(`no answer within ${seconds} seconds`, url, {cause}));
      }

      throw cause instanceof RemoteError
        ? cause
        : this.failure(`the answer broke off: ${reasonOf(cause)}`, url, {cause});
    }
  }

  async #once(url: string, body: unknown, signal: AbortSignal | undefined, wait: Wait): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(url, {
        method: body === undefined ? 'GET' : 'POST',
        headers: {...this.#headers, ...(body === undefined ? {} : {'content-type': 'application/json'})},
        body: body === undefined ? null : JSON.stringify(body),
        // It might lead elsewhere, and the key with it.
        redirect: 'manual',
        signal: signal ?? null,
      });
    } catch (cause) {
      signal?.throwIfAborted();
      throw this.failure(`the server could not be reached: ${reasonOf(cause)}`, url, {cause});
    }

    if (!response.ok) {
      const text = await response.text().catch(() => '');
      wait.milliseconds = waitAskedFor(response.headers.get('retry-after'));
      throw this.failure(explain(response.status), url, {status: response.status, body: text});
    }

    return response;
  }

  #redact(text: string): string {
    return this.#secrets.reduce((redacted, secret) => redacted.replaceAll(secret, '…'), text);
  }
}

/** How long a server asked to be left alone, beside the wait that there is anyway. */
interface Wait {
  milliseconds: number;
}

/** Of a `Retry-After`: seconds, or a date. */
function waitAskedFor(header: string | null): number {
  if (header === null) {
    return 0;
  }

  const seconds = /^\s*\d+\s*$/u.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Math.min(Math.max(seconds * 1000 || 0, 0), longestWait);
}

/** Whether it may go better the next time: no connection, too many requests, a server that starts or is overloaded. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof RemoteError)) {
    return false;
  }

  const {status} = error;
  return status === undefined || status === 408 || status === 429 || (status >= 502 && status <= 504);
}

function nobodyListens(error: unknown): boolean {
  const cause = error instanceof RemoteError && error.cause instanceof Error ? error.cause.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].includes(code);
}

function explain(status: number): string {
  if (status === 401 || status === 403) {
    return `the server refuses the key (status ${status}); give another as apiKey or in IMPLICIT_PRM_API_KEY`;
  }

  return status >= 300 && status < 400
    ? `the server answers from another address (status ${status}); give that as url`
    : `the server answers with status ${status}`;
}

/** What went wrong with a request; undici says it in the cause. */
export function reasonOf(error: unknown): string {
  const {cause, message} = error as Error;
  return cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : message;
}

/** The sentence for a human in a server's JSON. */
function messageIn(body: string): string {
  try {
    const {error, detail} = JSON.parse(body);
    const said = error?.message ?? error ?? detail;
    return typeof said === 'string' ? said : body.trim();
  } catch {
    return body.trim();
  }
}
