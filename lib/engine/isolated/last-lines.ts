import type {Readable} from 'node:stream';

const mostLines = 20;
const longestLine = 1000;

/** The latest lines that a process said. */
export class LastLines {
  readonly #lines: string[] = [];

  add(line: string): void {
    if (line.trim() === '') {
      return;
    }

    this.#lines.push(line.trimEnd().slice(0, longestLine));
    if (this.#lines.length > mostLines) {
      this.#lines.shift();
    }
  }

  /** Adds what comes out of a stream. */
  follow(stream: Readable | null | undefined): void {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop()!.slice(0, longestLine);
      for (const line of lines) {
        this.add(line);
      }
    });
    stream?.on('end', () => this.add(rest));
  }

  /** The latest at the end. */
  get all(): readonly string[] {
    return [...this.#lines];
  }
}
