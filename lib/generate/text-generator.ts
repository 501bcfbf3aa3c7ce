import type {Prompt} from '../text/prompt.js';

/** What a {@link TextGenerator} is asked for. */
export interface GenerateInput {
  /** What is to be answered, as for scoring. */
  prompt: Prompt;
  /** The beginning of the answer, which every continuation goes on from; none if left out. */
  prefix?: string | undefined;
  /** How many continuations; 1 if left out. */
  n?: number | undefined;
  /** The most tokens of each; as many as fit the context if left out, at a server 1,024. */
  maxTokens?: number | undefined;
  /** Texts that end a continuation where they appear; none if left out. They are not in its text. */
  stop?: string | readonly string[] | undefined;
  /** 0 takes the likeliest token every time; 1, the model's own distribution, if left out. */
  temperature?: number | undefined;
  /** The likeliest tokens with this probability together are drawn from; 1, all, if left out. */
  topP?: number | undefined;
  /** Tokens of less than this share of the likeliest one's probability are not drawn; 0, none, if left out. */
  minP?: number | undefined;
  /** How many of the likeliest tokens are drawn from; all if left out. */
  topK?: number | undefined;
  /**
   * What the drawing begins with, 0 … 2³¹ − 1: the same seed gives the same texts on one machine. The i-th continuation
   * draws as the only one with seed + i would. A random one if left out.
   */
  seed?: number | undefined;
  /** Take the texts of special tokens in prompt and prefix for these tokens, as in scoring. */
  allowSpecialTokens?: boolean | undefined;
  /** Ends all continuations with what they have. */
  signal?: AbortSignal | undefined;
  /** Called with what has been added to a continuation. */
  onText?: ((added: AddedText) => void) | undefined;
}

/** A part of a continuation, as it comes. */
export interface AddedText {
  /** Which continuation. */
  index: number;
  /** What comes behind what was told before. Together these are the continuation's text. */
  text: string;
}

/** Why a continuation ended: a stop text, the model's end of turn, `maxTokens` or the context, or the signal. */
export type StopReason = 'stop' | 'end' | 'length' | 'aborted';

/** One way to go on. */
export interface Continuation {
  /** What comes behind the prefix, without a stop text. */
  text: string;
  /** Why it ends there. A server that does not tell an end of turn from a stop text has all of these as `stop`. */
  reason: StopReason;
  /** The stop text that ended it; `null` if none did, or if the server does not tell which. */
  stop: string | null;
  /** Tokens generated, those of stop text and end of turn included; `null` if the server does not tell. */
  tokens: number | null;
}

/** What a {@link TextGenerator} makes. */
export interface Generation {
  /** In the order of their seeds. */
  continuations: Continuation[];
  /** What it took. */
  usage: GenerationUsage;
}

/** Tokens that a generation took. */
export interface GenerationUsage {
  /** Tokens of prompt and prefix that were evaluated, those that were still known left out. */
  evaluated: number;
  /** Tokens generated, all continuations together. */
  generated: number;
}

/**
 * A language model that writes. Made by {@link openGenerator}; anything with this method will do in its place.
 */
export interface TextGenerator {
  /**
   * Continues a conversation and the beginning of an answer, in some ways at once.
   *
   * @throws {@link InvalidInputError}, {@link ContextOverflowError} if prompt and prefix leave no room for a token,
   * {@link ChatTemplateError}, {@link GenerationError}, {@link RemoteError}. A signal does not reject the promise: what
   * had not ended by then ends as `aborted`.
   */
  generate(input: GenerateInput): Promise<Generation>;
  /**
   * The same for several inputs, written side by side where that is faster than calls that are made together. A generator
   * may do without.
   *
   * @returns what was made of each, in order
   */
  generateAll?(inputs: readonly GenerateInput[]): Promise<Generation[]>;
}

/** What a generator that was opened tells of itself. */
export interface GeneratorInfo {
  /** The path of the GGUF file, or the model's name at a server. */
  model: string;
  /** The file of the LoRA adapter, `null` if there is none. */
  lora: string | null;
  /** The server; `null` for a model in this process. */
  url: string | null;
  /** The most tokens of a prompt and a response together; `null` if only the server knows. */
  contextSize: number | null;
  /** How many continuations are written at once; `null` if that is for the server to say. */
  parallel: number | null;
}
