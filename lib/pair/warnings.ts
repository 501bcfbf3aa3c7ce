import type {TextWarning} from '../text/text-warning.js';

/** Something about a pair, or about what it scored, that may surprise. Each code comes once. */
export type PairWarning =
  | TextWarning
  | {
      /** The vocabularies differ in tokens that no text has, see {@link VocabularyDifference}. */
      code: 'UNUSED_TOKENS_DIFFER';
      /** One sentence for a human. */
      message: string;
    }
  | {
      /** The adapter says that it was trained on another base than the policy's model. */
      code: 'OTHER_BASE';
      /** One sentence for a human. */
      message: string;
    }
  | {
      /** A server does not make tokens of texts, so that its tokenizer could not be compared. */
      code: 'TOKENIZER_UNCHECKED';
      /** One sentence for a human. */
      message: string;
    };

/** The warnings of a pair, each kind once. */
export class Warnings {
  readonly #listener: ((warning: PairWarning) => void) | undefined;
  readonly #all = new Map<string, PairWarning>();

  constructor(listener: ((warning: PairWarning) => void) | undefined) {
    this.#listener = listener;
  }

  /** Those so far, in their order. */
  get all(): readonly PairWarning[] {
    return [...this.#all.values()];
  }

  /** Tells the listener, unless one of that kind was told before. */
  add(warning: PairWarning): void {
    if (!this.#all.has(warning.code)) {
      this.#all.set(warning.code, warning);
      this.#listener?.(warning);
    }
  }
}
