import type {FileHandle} from 'node:fs/promises';
import type {LineFormat} from './line-format.js';

const chunkLength = 64 * 1024;

/** Lines as they are. */
export const plainLines: LineFormat = {
  async wholeLength(file, size) {
    let end = size;
    while (end > 0) {
      const start = Math.max(0, end - chunkLength);
      const feed = (await bytesBetween(file, start, end)).lastIndexOf(0x0a);
      if (feed !== -1) {
        return start + feed + 1;
      }

      end = start;
    }

    return 0;
  },
  encode: async text => Buffer.from(text),
};

async function bytesBetween(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const {buffer, bytesRead} = await file.read(Buffer.alloc(end - start), 0, end - start, start);
  return buffer.subarray(0, bytesRead);
}
