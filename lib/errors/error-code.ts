/**
 * What went wrong, as a constant to branch on: every {@link ImplicitPrmError} carries one as `code`.
 * Messages may change between versions, codes don't.
 */
export type ErrorCode =
  /** An argument is wrong. */
  | 'INVALID_INPUT'
  /** A model file is missing, is no GGUF, cannot be loaded, or says something of itself that llama.cpp would end the process on. */
  | 'MODEL_INVALID'
  /** The model loads but cannot score text: it is encoder-only, has no vocabulary, … */
  | 'UNSUPPORTED_MODEL'
  /** The model scores but cannot be trained: it is a mixture of experts, recurrent, … */
  | 'TRAINING_UNSUPPORTED'
  /** Policy and reference do not form a pair. */
  | 'PAIR_MISMATCH'
  /** The prompt needs a chat template and the model has none. */
  | 'NO_CHAT_TEMPLATE'
  /** The chat template could not be read, or refused these messages. */
  | 'CHAT_TEMPLATE_FAILED'
  /** Prompt and response together do not fit the context. */
  | 'CONTEXT_OVERFLOW'
  /** The pair was closed before or during the call. */
  | 'PAIR_CLOSED'
  /** The native addon is missing or cannot be loaded. */
  | 'ADDON_NOT_FOUND'
  /** The llama.cpp libraries are missing. */
  | 'RUNTIME_NOT_FOUND'
  /** The llama.cpp libraries are of another version than the addon was built for. */
  | 'RUNTIME_MISMATCH'
  /** The GPU or backend that was asked for is not available. */
  | 'GPU_UNAVAILABLE'
  /** A model could not be downloaded. */
  | 'DOWNLOAD_FAILED'
  /** Memory ran out, on the host or on the device. */
  | 'OUT_OF_MEMORY'
  /** A file could not be written. */
  | 'WRITE_FAILED'
  /** A training came to nothing: its numbers grew beyond all bounds. */
  | 'TRAINING_FAILED'
  /** The evaluation of a model failed for another reason. */
  | 'EVALUATION_FAILED'
  /** The engine's own process ended, see `isolate` of `openPair`. */
  | 'ENGINE_CRASHED'
  /** A model could not be made to write. */
  | 'GENERATION_FAILED'
  /** The generator was closed before or during the call. */
  | 'GENERATOR_CLOSED'
  /** A server could not be reached, refused a request, or answered in a way that cannot be understood. */
  | 'REMOTE_FAILED';
