import pRetry from 'p-retry';
import {RemoteError} from '../../errors/remote-error.js';

/** The longest part of an answer that an error shows. */
const longestBody = 400;

export interface CompletionServerOptions {
  url: string;
  apiKey: string | undefined;
  headers: Record<string, string>;
  retries: number;
}

/** A server that is asked over HTTP. What it is sent to prove who asks is in no error. */
export class CompletionServer {
  readonly #base: string;
  readonly #headers: Record<string, string>;
  readonly #retries: number;
  readonly #secrets: readonly string[];

  constructor({url, apiKey, headers, retries}: CompletionServerOptions) {
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
    return pRetry(async () => this.#once(url, body, signal), {
      retries: this.#retries,
      minTimeout: 500,
      maxTimeout: 20_000,
      randomize: true,
      signal,
      shouldRetry: ({error}) => isPassing(error),
    });
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

  async #once(url: string, body: unknown, signal: AbortSignal | undefined): Promise<Response> {
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
      throw this.failure(explain(response.status), url, {status: response.status, body: text});
    }

    return response;
  }

  #redact(text: string): string {
    return this.#secrets.reduce((redacted, secret) => redacted.replaceAll(secret, '…'), text);
  }
}

/** Whether it may go better the next time: no connection, too many requests, a server that starts or is overloaded. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof RemoteError)) {
    return false;
  }

  const {status} = error;
  return status === undefined || status === 408 || status === 429 || (status >= 502 && status <= 504);
}

function explain(status: number): string {
  if (status === 401 || status === 403) {
    return `the server refuses the key (status ${status}); give another as apiKey or in IMPLICIT_PRM_API_KEY`;
  }

  return status >= 300 && status < 400
    ? `the server answers from another address (status ${status}); give that as url`
    : `the server answers with status ${status}`;
}

/** undici says what went wrong in the cause. */
function reasonOf(error: unknown): string {
  const {cause, message} = error as Error;
  return cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : message;
}

/** The sentence for a human in a server's JSON. */
function messageIn(body: string): string {
  try {
    const {error} = JSON.parse(body);
    return typeof error === 'string' ? error : String(error.message);
  } catch {
    return body.trim();
  }
}
