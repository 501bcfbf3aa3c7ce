import type {ResponseView} from './response-view.js';

/** Which response is looked at. It stands in the address, so that it can be bookmarked and sent on. */
export class Selection {
  readonly #responses: readonly ResponseView[];
  readonly #listeners: ((response: ResponseView) => void)[] = [];
  #index: number;

  constructor(responses: readonly ResponseView[]) {
    this.#responses = responses;
    this.#index = this.#addressed() ?? 0;
    addEventListener('hashchange', () => {
      this.select(this.#addressed() ?? this.#index);
    });
  }

  get response(): ResponseView {
    return this.#responses[this.#index]!;
  }

  /** Calls a listener with the response that is looked at, now and whenever it is another. */
  watch(listener: (response: ResponseView) => void): void {
    this.#listeners.push(listener);
    listener(this.response);
  }

  select(index: number): void {
    if (index === this.#index || !this.#responses[index]) {
      return;
    }

    this.#index = index;
    history.replaceState(null, '', `#response-${index + 1}`);
    for (const listener of this.#listeners) {
      listener(this.response);
    }
  }

  #addressed(): number | undefined {
    const number = Number(/^#response-(\d+)$/u.exec(location.hash)?.[1]);
    return this.#responses[number - 1] && number - 1;
  }
}
