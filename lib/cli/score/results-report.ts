import path from 'node:path';
import type {InputLine} from '../../runs/input/lines.js';
import {readReportLines} from '../report/read-lines.js';
import {writeReport} from '../report/write-report.js';
import type {Output} from '../run/output.js';

/** The page that `score --report` makes of the results, beside writing them. */
export class ScoreReport {
  /** Where the results have to be written for the report to know them. */
  readonly output: Output;
  readonly #file: string;
  readonly #inner: Output;
  /** Results that cannot be read again. */
  readonly #lines: Pick<InputLine, 'bytes' | 'place'>[] = [];

  constructor(file: string, output: Output) {
    this.#file = file;
    this.#inner = output;
    this.output = {...output, write: async line => this.#write(line)};
  }

  /**
   * Writes the page. What earlier processes wrote to the output is in it too.
   *
   * @param input - the name of what was scored
   */
  async write(input: string, signal: AbortSignal): Promise<void> {
    const {file} = this.#inner;
    const lines = await readReportLines(file === undefined ? [this.#lines] : [file], signal);
    await writeReport(this.#file, lines, {title: path.basename(input)});
  }

  async #write(line: string): Promise<void> {
    await this.#inner.write(line);
    if (this.#inner.file === undefined) {
      this.#lines.push({bytes: Buffer.from(line), place: `result ${this.#lines.length + 1}`});
    }
  }
}
