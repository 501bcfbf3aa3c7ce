import {HTTPException} from 'hono/http-exception';
import type {ErrorCode} from '../../errors/error-code.js';
import {ImplicitPrmError} from '../../errors/implicit-prm-error.js';
import {HttpError} from './http-error.js';

/** Statuses of the library's errors: 4xx is for the client to mend, 503 passes, 500 is for whoever runs the server. */
const statuses: Readonly<Partial<Record<ErrorCode, number>>> = {
  INVALID_INPUT: 400,
  CONTEXT_OVERFLOW: 400,
  NO_CHAT_TEMPLATE: 400,
  CHAT_TEMPLATE_FAILED: 400,
  OUT_OF_MEMORY: 503,
  PAIR_CLOSED: 503,
  ENGINE_CRASHED: 503,
  REMOTE_FAILED: 502,
};

/** What `type` says, in the words of OpenAI's API and of vLLM. */
const types: Readonly<Record<number, string>> = {
  400: 'BadRequestError',
  401: 'AuthenticationError',
  404: 'NotFoundError',
  405: 'MethodNotAllowedError',
  413: 'RequestTooLargeError',
  415: 'UnsupportedMediaTypeError',
  429: 'RateLimitError',
  503: 'ServiceUnavailableError',
  504: 'TimeoutError',
};

/** The clients of these give up on 4xx and try again on 5xx. */
const impatient: ReadonlySet<string> = new Set(['/classify', '/get_reward']);

/** The body of every answer that is an error. */
export interface ErrorBody {
  error: {message: string; type: string; param: string | null; code: string};
}

/** How an error is answered. */
export interface ErrorAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: ErrorBody;
}

/**
 * Chooses the answer to an error. What is unexpected is told as such and no more: its message may be nobody's business.
 *
 * @param path - of the request
 */
export function errorAnswer(error: unknown, path: string): ErrorAnswer {
  const {status, message, code, param, headers} = described(error);
  return {
    status: status === 429 && impatient.has(path) ? 503 : status,
    headers,
    body: errorBody(status, {message, code, param}),
  };
}

/** The body of an answer with that status. */
export function errorBody(
  status: number,
  {message, code, param = null}: {message: string; code: string; param?: string | null | undefined},
): ErrorBody {
  return {
    error: {message, type: types[status] ?? (status < 500 ? 'BadRequestError' : 'ServerError'), param, code},
  };
}

function described(error: unknown): Pick<HttpError, 'status' | 'message' | 'code' | 'param' | 'headers'> {
  if (error instanceof HttpError) {
    return error;
  }

  if (error instanceof HTTPException) {
    return {...wordsOf(error), status: error.status, param: undefined, headers: {}};
  }

  if (error instanceof ImplicitPrmError) {
    const {code, message} = error;
    const status = statuses[code] ?? 500;
    const headers: Record<string, string> = status === 503 ? {'retry-after': '1'} : {};
    return {
      status,
      message: status === 500 ? 'The models could not be evaluated.' : message,
      code,
      param: undefined,
      headers,
    };
  }

  return {
    status: 500,
    message: 'Something unexpected went wrong.',
    code: 'INTERNAL',
    param: undefined,
    headers: {},
  };
}

/** What the framework found wrong before any code of ours saw the request. */
function wordsOf({status, message}: HTTPException): {message: string; code: string} {
  switch (status) {
    case 400:
      return {message: 'The body is no JSON.', code: 'INVALID_JSON'};
    case 415:
      return {
        message: 'The body has to be JSON: send it with the header Content-Type: application/json.',
        code: 'UNSUPPORTED_MEDIA_TYPE',
      };
    default:
      return {message, code: 'HTTP_ERROR'};
  }
}
