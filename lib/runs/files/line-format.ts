import type {FileHandle} from 'node:fs/promises';

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
