import type {FileHandle} from 'node:fs/promises';

const chunkLength = 64 * 1024;

/** How lines lie in a file. */
export interface LineFormat {
  /**
   * Finds out how much of a file is whole lines.
   *
   * @param file - open for reading
   * @param size - its length in bytes
   * @returns the bytes to keep
   * @throws an error for a file that is not of this format
   */
  wholeLength(file: FileHandle, size: number): Promise<number>;
  /**
   * Makes what is appended to the file.
   *
   * @param text - lines, each with its line feed
   */
  encode(text: string): Promise<Uint8Array>;
}

/** Whether a file is to be compressed, by its name. */
export function isGzipName(file: string): boolean {
  return /\.gz$/iu.test(file);
}

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
