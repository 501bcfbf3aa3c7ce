import {createHash} from 'node:crypto';
import {runDifference} from './difference.js';
import {linesOfFile} from './files/read-lines.js';
import {type RunRecord, readRunRecord, runRecordPath, writeRunRecord} from './record.js';
import {isSkippedLine} from './skipped-line.js';

/** How often the record is written, in ms. It takes as long as a line. */
const recordInterval = 1000;

/** What a run is, and what it was when its output was begun. */
type RunDescription = Pick<RunRecord, 'identity' | 'shard'>;

/**
 * A run that makes a line of output of every line of input, in order, and that can be continued by another process: it
 * knows which lines are done and whether they were the same lines, with the same options.
 *
 * Which lines are done is told by the output alone; the record beside it (`OUTPUT.run.json`), which tells what they were
 * made from, is written once a second and whenever the run ends in good order. So after a kill the lines of the last
 * second are taken over without being compared.
 */
export class Run {
  readonly #output: string;
  readonly #digest = new InputDigest();
  /** What an earlier process did. */
  readonly #earlier: RunRecord['done'];
  #record: RunRecord;
  /** By the clock that nobody sets. */
  #recordedAt = Number.NEGATIVE_INFINITY;
  #recorded = true;
  /** Lines of the input that are this shard's. */
  #own = 0;
  #lines: number;
  #skipped: number;

  private constructor(output: string, record: RunRecord, written: {lines: number; skipped: number}) {
    this.#output = output;
    this.#record = record;
    this.#earlier = record.done;
    this.#lines = written.lines;
    this.#skipped = written.skipped;
  }

  /** Begins a run, whose output has to be empty. */
  static async begin(output: string, {identity, shard}: RunDescription): Promise<Run> {
    const done = {lines: 0, inputLines: 0, inputSha256: new InputDigest().sha256()};
    const record: RunRecord = {format: 1, identity, shard, done, finished: false};
    await writeRunRecord(output, record);
    return new Run(output, record, {lines: 0, skipped: 0});
  }

  /**
   * Continues a run where the whole lines of its output end, or begins it if the output is empty. Leaves the output as it
   * is.
   *
   * @param output - the file
   * @param extent - its bytes, and those of them that are whole lines
   * @throws an error that says what differs from when it was begun
   */
  static async resume(
    output: string,
    now: RunDescription,
    {size, whole}: {size: number; whole: number},
  ): Promise<Run> {
    if (size === 0) {
      return Run.begin(output, now);
    }

    const written = await countLines(output, whole);
    const record = await readRunRecord(output);
    if (record === undefined) {
      throw new ResumeError(output, `there is no ${runRecordPath(output)} to tell what it was made from`);
    }

    const difference = runDifference(record, now);
    if (difference !== '') {
      throw new ResumeError(output, difference);
    }

    if (written.lines < record.done.lines) {
      const lines = `${record.done.lines} lines were written, but it has ${written.lines}`;
      throw new ResumeError(output, lines);
    }

    return new Run(output, record, written);
  }

  /** The lines in the output. */
  get lines(): number {
    return this.#lines;
  }

  /** Those of them that stand for lines that were skipped. */
  get skipped(): number {
    return this.#skipped;
  }

  /**
   * Takes the next line of the input.
   *
   * @returns whether it is to be done: not if it is another shard's, or done already
   * @throws an error if the input is not the one that the output was begun with
   */
  take(line: Uint8Array): boolean {
    this.#digest.add(line);
    const {shard} = this.#record;
    const isOwn = shard === null || (this.#digest.lines - shard.index) % shard.count === 0;
    this.#own += isOwn ? 1 : 0;
    if (this.#digest.lines === this.#earlier.inputLines) {
      this.#requireSameInput();
    }

    return isOwn && this.#own > this.#lines;
  }

  /** To be called when the result of the line that was taken last is in the output. */
  async wrote({skipped}: {skipped: boolean}): Promise<void> {
    this.#lines++;
    this.#skipped += skipped ? 1 : 0;
    this.#note(false);
    if (performance.now() - this.#recordedAt > recordInterval) {
      await this.record();
    }
  }

  /** Writes the record if it is not up to date. */
  async record(): Promise<void> {
    if (!this.#recorded) {
      await writeRunRecord(this.#output, this.#record);
      this.#recorded = true;
      this.#recordedAt = performance.now();
    }
  }

  /**
   * To be called when all of the input was taken.
   *
   * @throws an error if it was shorter than the input that the output was begun with
   */
  async finish(): Promise<void> {
    if (this.#digest.lines < this.#earlier.inputLines || this.#own < this.#lines) {
      throw new ResumeError(this.#output, 'the input has fewer lines than are done');
    }

    this.#note(true);
    await this.record();
  }

  #note(finished: boolean): void {
    const done = {
      lines: this.#lines,
      inputLines: this.#digest.lines,
      inputSha256: this.#digest.sha256(),
    };
    this.#record = {...this.#record, done, finished};
    this.#recorded = false;
  }

  #requireSameInput(): void {
    if (this.#digest.sha256() !== this.#earlier.inputSha256) {
      const lines = this.#digest.lines === 1 ? 'line' : `${this.#digest.lines} lines`;
      throw new ResumeError(this.#output, `the first ${lines} of the input (blank ones apart) were others`);
    }
  }
}

async function countLines(output: string, whole: number): Promise<{lines: number; skipped: number}> {
  let lines = 0;
  let skipped = 0;
  for await (const {bytes} of linesOfFile(output, whole)) {
    lines++;
    skipped += isSkippedLine(bytes) ? 1 : 0;
  }

  return {lines, skipped};
}

/** A run that cannot go on where an output ends, since that was made from something else. */
export class ResumeError extends Error {
  static {
    ResumeError.prototype.name = 'ResumeError';
  }

  /**
   * @param output - the file
   * @param why - what differs
   */
  constructor(output: string, why: string) {
    super(`cannot go on with ${output}: ${why}`);
  }
}

/** A hash of lines that can be asked for after any of them. */
class InputDigest {
  readonly #hash = createHash('sha256');
  #lines = 0;

  /** How many lines there were. */
  get lines(): number {
    return this.#lines;
  }

  /** Takes a line, without its line feed. */
  add(line: Uint8Array): void {
    this.#lines++;
    this.#hash.update(line).update('\n');
  }

  /** The hash of all lines so far. */
  sha256(): string {
    return this.#hash.copy().digest('hex');
  }
}
