import type {SampledResponses} from '../../generate/sample-responses.js';
import {counted} from '../terminal/quantities.js';

/** What a response takes as long as there was none. */
const usualTokens = 256;

/** What was sampled by this process. */
export class SampleTotals {
  readonly #began = performance.now();
  #problems = 0;
  #responses = 0;
  #judged = 0;
  #correct = 0;
  #cut = 0;
  #tokens = 0;

  /** Adds the responses to a problem. */
  add({responses, usage}: SampledResponses): void {
    this.#problems++;
    this.#responses += responses.length;
    this.#judged += responses.filter(({correct}) => correct !== undefined).length;
    this.#correct += responses.filter(({correct}) => correct).length;
    this.#cut += responses.filter(({complete}) => !complete).length;
    this.#tokens += usage.generated;
  }

  /** The tokens that some responses are likely to take. */
  expectedTokens(responses: number): number {
    return responses * (this.#responses === 0 ? usualTokens : this.#tokens / this.#responses);
  }

  /** One line for people. */
  text(): string {
    const seconds = (performance.now() - this.#began) / 1000;
    const parts = [
      `${counted(this.#responses, 'response')} to ${counted(this.#problems, 'problem')}`,
      this.#judged > 0 ? `${((100 * this.#correct) / this.#judged).toFixed(1)} % right` : '',
      this.#cut > 0 ? `${this.#cut} cut off` : '',
      `${this.#tokens.toLocaleString('en')} tokens`,
      `${Math.round(this.#tokens / seconds).toLocaleString('en')} tokens/s`,
    ];
    return parts.filter(Boolean).join(', ');
  }
}
