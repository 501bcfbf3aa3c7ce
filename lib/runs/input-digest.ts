import {createHash} from 'node:crypto';

/** A hash of lines that can be asked for after any of them. */
export class InputDigest {
  readonly #hash = createHash('sha256');
  #lines = 0;

  /** How many lines there were. */
  get lines(): number {
    return this.#lines;
  }

  /** Takes a line, without its line feed. */
  add(line: Uint8Array): void {
    this.#lines++;
    this.#hash.update(line).update('\n');
  }

  /** The hash of all lines so far. */
  sha256(): string {
    return this.#hash.copy().digest('hex');
  }
}
