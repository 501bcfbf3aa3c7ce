import {ChatTemplateError} from './chat-template-error.js';
import {ContextOverflowError} from './context-overflow-error.js';
import {EngineCrashedError} from './engine-crashed-error.js';
import {EvaluationError} from './evaluation-error.js';
import {GenerationError} from './generation-error.js';
import type {ImplicitPrmError} from './implicit-prm-error.js';
import {InvalidInputError} from './invalid-input-error.js';
import {ModelError} from './model-error.js';
import {PairClosedError} from './pair-closed-error.js';
import {PairMismatchError} from './pair-mismatch-error.js';
import {RemoteError} from './remote-error.js';
import {RuntimeLoadError} from './runtime-load-error.js';
import {TrainingError} from './training-error.js';

/**
 * Makes the error that belongs to a code. The native addon and the command line know codes, not classes.
 *
 * @param code - an {@link ErrorCode}; anything else is taken for `EVALUATION_FAILED`
 * @param message - one sentence for a human
 * @param cause - the error underneath; `undefined` leaves `cause` unset
 * @returns an instance of the subclass that the code belongs to
 */
export function errorFromCode(code: string, message: string, cause?: unknown): ImplicitPrmError {
  const options = cause === undefined ? undefined : {cause};
  switch (code) {
    case 'INVALID_INPUT':
      return new InvalidInputError(message, options);
    case 'MODEL_INVALID':
    case 'UNSUPPORTED_MODEL':
    case 'TRAINING_UNSUPPORTED':
    case 'DOWNLOAD_FAILED':
      return new ModelError(code, message, options);
    case 'PAIR_MISMATCH':
      return new PairMismatchError(message, options);
    case 'NO_CHAT_TEMPLATE':
    case 'CHAT_TEMPLATE_FAILED':
      return new ChatTemplateError(code, message, options);
    case 'CONTEXT_OVERFLOW':
      return new ContextOverflowError(message, options);
    case 'PAIR_CLOSED':
      return new PairClosedError(message, options);
    case 'ADDON_NOT_FOUND':
    case 'RUNTIME_NOT_FOUND':
    case 'RUNTIME_MISMATCH':
    case 'GPU_UNAVAILABLE':
      return new RuntimeLoadError(code, message, options);
    case 'TRAINING_FAILED':
      return new TrainingError(message, options);
    case 'OUT_OF_MEMORY':
    case 'WRITE_FAILED':
      return new EvaluationError(code, message, options);
    case 'ENGINE_CRASHED':
      return new EngineCrashedError(message, options);
    case 'GENERATION_FAILED':
    case 'GENERATOR_CLOSED':
      return new GenerationError(code, message, options);
    case 'REMOTE_FAILED':
      return new RemoteError(message, options);
    default:
      return new EvaluationError('EVALUATION_FAILED', message, options);
  }
}
