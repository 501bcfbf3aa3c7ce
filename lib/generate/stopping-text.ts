/**
 * A text that grows and ends at the first of some stop texts. What may turn out to be the beginning of one is held back
 * until that is known.
 */
export class StoppingText {
  readonly #stops: readonly string[];
  readonly #longest: number;
  #text = '';
  /** How much of the text has been told. */
  #told = 0;
  #stop: string | null = null;

  /** @param stops - none of them empty */
  constructor(stops: readonly string[]) {
    this.#stops = stops;
    this.#longest = Math.max(0, ...stops.map(({length}) => length));
  }

  /** The text so far, without a stop text. */
  get text(): string {
    return this.#text;
  }

  /** The stop text that ended it, if one did. */
  get stop(): string | null {
    return this.#stop;
  }

  /**
   * Adds to the text, unless it has ended.
   *
   * @returns what is now certain to belong to it and was not told before
   */
  add(text: string): string {
    if (this.#stop !== null) {
      return '';
    }

    // Where a stop text may begin that was not there before.
    const from = Math.max(0, this.#text.length - this.#longest + 1);
    this.#text += text;
    const found = this.#findStop(from);
    if (found) {
      this.#text = this.#text.slice(0, found.index);
      this.#stop = found.stop;
      return this.#tell(this.#text.length);
    }

    return this.#tell(this.#text.length - this.#held());
  }

  /** No more comes: returns what was held back. */
  end(): string {
    return this.#tell(this.#text.length);
  }

  /** The stop text that begins first; of those that begin together the longest. */
  #findStop(from: number): {index: number; stop: string} | undefined {
    const found = this.#stops
      .map(stop => ({index: this.#text.indexOf(stop, from), stop}))
      .filter(({index}) => index !== -1);
    return found.toSorted((a, b) => a.index - b.index || b.stop.length - a.stop.length)[0];
  }

  /** The length of the end of the text that a stop text may begin with. */
  #held(): number {
    for (let length = Math.min(this.#longest - 1, this.#text.length); length > 0; length--) {
      const end = this.#text.slice(-length);
      if (this.#stops.some(stop => stop.startsWith(end))) {
        return length;
      }
    }

    return 0;
  }

  #tell(upTo: number): string {
    const told = this.#text.slice(this.#told, upTo);
    this.#told = Math.max(this.#told, upTo);
    return told;
  }
}
