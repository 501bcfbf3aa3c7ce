import type {ModelLogprobs, ModelName, SequenceLogprobs, TokenSequence} from '../engine.js';
import type {EngineInfo} from '../engine-info.js';
import type {AddonPairDescription, AddonPairOptions, AddonTokens} from '../native/addon.js';
import type {readModelInfo} from '../native/model-info.js';
import type {LogListener} from '../native/native-engine.js';

/** What can be asked of an engine's process, and what it answers. */
export interface Calls {
  /** Debug lines come with every evaluation: they are sent only where somebody listens. */
  open: {
    input: {options: AddonPairOptions; sendsDebug: boolean};
    result: {description: AddonPairDescription; info: EngineInfo};
  };
  logprobs: {input: TokenSequence[]; result: SequenceLogprobs};
  modelLogprobs: {
    input: {model: ModelName; sequences: TokenSequence[]; likeliest: boolean};
    result: ModelLogprobs;
  };
  tokenise: {input: {text: string; parseSpecial: boolean}; result: AddonTokens};
  detokenise: {input: Int32Array; result: string};
  describe: {input: string[]; result: Awaited<ReturnType<typeof readModelInfo>>};
}

export type CallName = keyof Calls;

/** A call, `id` being the caller's own number for it. */
export type Request = {
  [Name in CallName]: {id: number; call: Name; input: Calls[Name]['input']; progress: boolean};
}[CallName];

/** What the host says to the engine's process. */
export type ToEngine = Request | {id: number; cancel: true};

/** What the engine's process says to the host. */
export type ToHost =
  | {id: number; progress: [done: number, total: number]}
  | {id: number; result: Calls[CallName]['result']}
  | {id: number; error: SentError}
  | {log: Parameters<LogListener>};

/** An error on its way: of the library if it has a code, and `CANCELLED` for what was asked to stop. */
export interface SentError {
  code: string | undefined;
  message: string;
}
