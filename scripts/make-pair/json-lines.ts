import {existsSync, readFileSync, writeFileSync} from 'node:fs';

/** The values of a file of JSON lines. */
export function readLines<T>(file: string): T[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => JSON.parse(line) as T);
}

/** Writes JSON lines, unless the file has just these already. */
export function writeLines(file: string, values: readonly unknown[]): void {
  writeText(file, values.map(value => `${JSON.stringify(value)}\n`).join(''));
}

/** Writes a text, unless the file has it already. */
export function writeText(file: string, text: string): void {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    writeFileSync(file, text);
  }
}
