import type {ServerKind} from '../../utils/http/server-models.js';
import {StoppingText} from '../stopping-text.js';
import type {Continuation, StopReason} from '../text-generator.js';
import type {CompletionChoice} from './completion-events.js';

/** A continuation as it comes from a server. */
export class ReceivedContinuation {
  readonly #text: StoppingText;
  readonly #kind: ServerKind;
  readonly #asked: readonly string[];
  #tokens: number | null = null;
  #reason: StopReason = 'aborted';
  #stop: string | null = null;

  /**
   * @param asked - the stop texts that the server knows of
   * @param own - those that are looked for here
   */
  constructor(kind: ServerKind, asked: readonly string[], own: readonly string[]) {
    this.#kind = kind;
    this.#asked = asked;
    this.#text = new StoppingText(own);
  }

  /** Whether it has come to its end. */
  get ended(): boolean {
    return this.#reason !== 'aborted';
  }

  /** Adds what has come, and returns the text to be told. */
  add(choice: CompletionChoice): string {
    if (this.ended) {
      return '';
    }

    if (choice.token_ids) {
      this.#tokens = (this.#tokens ?? 0) + choice.token_ids.length;
    }

    const added = this.#text.add(choice.text);
    if (this.#text.stop !== null) {
      this.#reason = 'stop';
      this.#stop = this.#text.stop;
    } else if (choice.finish_reason) {
      this.#end(choice.finish_reason, choice);
      return added + this.#text.end();
    }

    return added;
  }

  /** The number of tokens, where the server tells it for all of an answer. */
  count(tokens: number): void {
    this.#tokens ??= tokens;
  }

  result(): Continuation {
    return {text: this.#text.text, reason: this.#reason, stop: this.#stop, tokens: this.#tokens};
  }

  #end(reason: string, {stop_reason: vllm, matched_stop: sglang}: CompletionChoice): void {
    if (reason !== 'stop') {
      this.#reason = reason === 'abort' ? 'aborted' : 'length';
      return;
    }

    const matched = vllm ?? sglang;
    if (typeof matched === 'string') {
      this.#reason = 'stop';
      this.#stop = matched;
      return;
    }

    // Others say the same of an end of turn and of a stop text.
    const tells = this.#kind === 'vllm' || this.#kind === 'sglang';
    this.#reason = tells || this.#asked.length === 0 ? 'end' : 'stop';
  }
}
