import test from 'ava';
import {ChatTemplateError} from '../../lib/errors/chat-template-error.js';
import {ContextOverflowError} from '../../lib/errors/context-overflow-error.js';
import {EngineCrashedError} from '../../lib/errors/engine-crashed-error.js';
import type {ErrorCode} from '../../lib/errors/error-code.js';
import {errorFromCode} from '../../lib/errors/error-from-code.js';
import {EvaluationError} from '../../lib/errors/evaluation-error.js';
import {GenerationError} from '../../lib/errors/generation-error.js';
import {ImplicitPrmError} from '../../lib/errors/implicit-prm-error.js';
import {InvalidInputError} from '../../lib/errors/invalid-input-error.js';
import {ModelError} from '../../lib/errors/model-error.js';
import {PairClosedError} from '../../lib/errors/pair-closed-error.js';
import {PairMismatchError} from '../../lib/errors/pair-mismatch-error.js';
import {RemoteError} from '../../lib/errors/remote-error.js';
import {RuntimeLoadError} from '../../lib/errors/runtime-load-error.js';
import {TrainingError} from '../../lib/errors/training-error.js';

// A record, so that a code added without a class does not compile.
const classes: Record<ErrorCode, new (...args: never[]) => ImplicitPrmError> = {
  INVALID_INPUT: InvalidInputError,
  MODEL_INVALID: ModelError,
  UNSUPPORTED_MODEL: ModelError,
  DOWNLOAD_FAILED: ModelError,
  PAIR_MISMATCH: PairMismatchError,
  NO_CHAT_TEMPLATE: ChatTemplateError,
  CHAT_TEMPLATE_FAILED: ChatTemplateError,
  CONTEXT_OVERFLOW: ContextOverflowError,
  PAIR_CLOSED: PairClosedError,
  ADDON_NOT_FOUND: RuntimeLoadError,
  RUNTIME_NOT_FOUND: RuntimeLoadError,
  RUNTIME_MISMATCH: RuntimeLoadError,
  GPU_UNAVAILABLE: RuntimeLoadError,
  TRAINING_UNSUPPORTED: ModelError,
  TRAINING_FAILED: TrainingError,
  OUT_OF_MEMORY: EvaluationError,
  WRITE_FAILED: EvaluationError,
  EVALUATION_FAILED: EvaluationError,
  ENGINE_CRASHED: EngineCrashedError,
  GENERATION_FAILED: GenerationError,
  GENERATOR_CLOSED: GenerationError,
  REMOTE_FAILED: RemoteError,
};

for (const [code, errorClass] of Object.entries(classes)) {
  test(`the code ${code} makes a ${errorClass.name}`, t => {
    const cause = new TypeError('underneath');
    const error = errorFromCode(code, 'It went wrong.', cause);
    t.is(error.constructor, errorClass);
    t.true(error instanceof ImplicitPrmError);
    t.true(error instanceof Error);
    t.is(error.code, code as ErrorCode);
    t.is(error.message, 'It went wrong.');
    t.is(error.cause, cause);
  });

  test(`a ${errorClass.name} of code ${code} says its name, also in its stack`, t => {
    const error = errorFromCode(code, 'It went wrong.');
    t.is(error.name, errorClass.name);
    t.is(String(error), `${errorClass.name}: It went wrong.`);
    t.true(error.stack?.startsWith(`${errorClass.name}: It went wrong.`));
  });
}

for (const code of ['NO_SUCH_CODE', '', 'toString', '__proto__']) {
  test(`the unknown code "${code}" makes an EvaluationError`, t => {
    const error = errorFromCode(code, 'Odd.');
    t.is(error.constructor, EvaluationError);
    t.is(error.code, 'EVALUATION_FAILED');
  });
}

test('an error without a cause has no property cause', t => {
  t.false('cause' in errorFromCode('PAIR_CLOSED', 'Closed.'));
  t.false('cause' in new InvalidInputError('Wrong.'));
});

test('the base class names itself and takes a cause', t => {
  const error = new ImplicitPrmError('OUT_OF_MEMORY', 'Full.', {cause: 'a string'});
  t.is(String(error), 'ImplicitPrmError: Full.');
  t.is(error.cause, 'a string');
});
