import type {FileHandle} from 'node:fs/promises';
import {promisify} from 'node:util';
import {gzip as gzipCallback} from 'node:zlib';
import type {LineFormat} from './line-format.js';

const gzip = promisify(gzipCallback);

// RFC 1952: ten bytes, then with the flag FEXTRA the length of what is extra, here one field: two letters for its name,
// its length, and the length of the whole member, so that members can be counted without decompressing them.
const plainHeaderLength = 10;
const flagsAt = 3;
const extraFlag = 4;
const extraLength = 8;
const headerLength = plainHeaderLength + 2 + extraLength;
const lengthAt = headerLength - 4;
const windowLength = 1024 * 1024;

/**
 * Lines in gzip members, one for each time that lines are appended: any reader of gzip takes them for one file, and what a
 * crash cuts off is the last member only. Each member tells its length in its header.
 */
export const gzipLines: LineFormat = {
  async wholeLength(file, size) {
    let window: Buffer = Buffer.alloc(0);
    let windowStart = 0;
    let end = 0;
    while (end + headerLength <= size) {
      if (end + headerLength > windowStart + window.length) {
        windowStart = end;
        window = await bytesFrom(file, end);
      }

      const length = memberLength(window.subarray(end - windowStart));
      if (end + length > size) {
        break;
      }

      end += length;
    }

    return end;
  },
  async encode(text) {
    const plain = await gzip(text);
    const header = Buffer.alloc(headerLength);
    plain.copy(header, 0, 0, plainHeaderLength);
    header[flagsAt] = extraFlag;
    header.writeUInt16LE(extraLength, plainHeaderLength);
    header.write('IP', plainHeaderLength + 2, 'latin1');
    header.writeUInt16LE(4, plainHeaderLength + 4);
    header.writeUInt32LE(plain.length + headerLength - plainHeaderLength, lengthAt);
    return Buffer.concat([header, plain.subarray(plainHeaderLength)]);
  },
};

async function bytesFrom(file: FileHandle, position: number): Promise<Buffer> {
  const {buffer, bytesRead} = await file.read(Buffer.alloc(windowLength), 0, windowLength, position);
  return buffer.subarray(0, bytesRead);
}

function memberLength(header: Buffer): number {
  const isOurs =
    header.readUInt16BE(0) === 0x1f8b &&
    header[flagsAt] === extraFlag &&
    header.toString('latin1', plainHeaderLength + 2, plainHeaderLength + 4) === 'IP';
  const length = isOurs ? header.readUInt32LE(lengthAt) : 0;
  if (length <= headerLength) {
    throw new Error('it was not written by implicit-prm, so nothing can be appended to it');
  }

  return length;
}
