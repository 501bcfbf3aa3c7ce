/** Whether a file is to be compressed, by its name. */
export function isGzipName(file: string): boolean {
  return /\.gz$/iu.test(file);
}
