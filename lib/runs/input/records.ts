import {placedError} from '../../utils/file-error.js';
import {inputElements} from './elements.js';
import {type InputLine, inputLines} from './lines.js';
import type {Input} from './open-input.js';

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Reads the records of a data set, which is a JSON array or JSON lines.
 *
 * @param noun - what a record is called
 * @throws an error with the place of what cannot be read
 */
export async function* inputRecords(input: Input, noun: string): AsyncGenerator<InputLine, void, undefined> {
  const chunks: AsyncIterator<Uint8Array> = input.stream[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  let first: number | undefined;
  while (first === undefined) {
    const {done, value} = await chunks.next().catch((error: unknown) => {
      throw placedError(`${input.name}:1`, error);
    });
    if (done) {
      break;
    }

    head = Buffer.concat([head, value]);
    const isPartOfMark = head.length < byteOrderMark.length && byteOrderMark.indexOf(head) === 0;
    first = isPartOfMark ? undefined : withoutMark(head).find(byte => !isSpace(byte));
  }

  const isArray = first === '['.charCodeAt(0);
  yield* isArray
    ? inputElements(input, joined(withoutMark(head), chunks), noun)
    : inputLines(input, joined(head, chunks));
}

function withoutMark(head: Buffer): Buffer {
  return head.subarray(0, 3).equals(byteOrderMark) ? head.subarray(3) : head;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

async function* joined(
  head: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield head;
  for (let next = await rest.next(); !next.done; next = await rest.next()) {
    yield next.value;
  }
}
