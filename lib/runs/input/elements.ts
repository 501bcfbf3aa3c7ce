import {JSONParser} from '@streamparser/json';
import {InvalidInputError} from '../../errors/invalid-input-error.js';
import {placedError} from '../../utils/file-error.js';
import type {InputLine} from './lines.js';
import type {Input} from './open-input.js';

/**
 * Reads the elements of a JSON array, holding those of one chunk at a time.
 *
 * @param chunks - what the input holds
 * @param noun - what to call an element in a place
 * @throws an error with the place behind which the input cannot be read or is no JSON
 */
export async function* inputElements(
  {name}: Input,
  chunks: AsyncIterable<Uint8Array>,
  noun: string,
): AsyncGenerator<InputLine, void, undefined> {
  const elements = new ElementReader(number => `${name}, ${noun} ${number}`);
  try {
    for await (const chunk of chunks) {
      // What is whole before a place that is wrong counts.
      const error = elements.write(chunk);
      yield* elements.take();
      if (error !== undefined) {
        throw error;
      }
    }

    elements.end();
  } catch (error) {
    throw placedError(elements.nextPlace, error);
  }
}

class ElementReader {
  readonly #place: (number: number) => string;
  readonly #parser = new JSONParser({paths: ['$.*'], keepStack: false});
  // The parser takes any bytes.
  readonly #decoder = new TextDecoder('utf-8', {fatal: true});
  #ready: InputLine[] = [];
  #count = 0;
  #offset = 0;

  constructor(place: (number: number) => string) {
    this.#place = place;
    this.#parser.onToken = ({offset}) => {
      this.#offset = offset + 1;
    };
    this.#parser.onValue = ({value}) => {
      const number = ++this.#count;
      const bytes = Buffer.from(JSON.stringify(value));
      this.#ready.push({bytes, number, place: place(number), end: this.#offset});
    };
  }

  /** Where the element after those that were read is. */
  get nextPlace(): string {
    return this.#place(this.#count + 1);
  }

  /** Returns what is wrong. */
  write(chunk: Uint8Array): Error | undefined {
    try {
      this.#decoder.decode(chunk, {stream: true});
    } catch (cause) {
      return new InvalidInputError('The file is no valid UTF-8', {cause});
    }

    return this.#parse(() => this.#parser.write(chunk));
  }

  /** The elements that were read since the last call. */
  take(): InputLine[] {
    const elements = this.#ready;
    this.#ready = [];
    return elements;
  }

  end(): void {
    const error = this.#parser.isEnded ? undefined : this.#parse(() => this.#parser.end());
    if (error !== undefined) {
      throw error;
    }
  }

  #parse(work: () => void): Error | undefined {
    try {
      work();
      return undefined;
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      return new InvalidInputError(`The file is no valid JSON: ${message}`, {cause});
    }
  }
}
