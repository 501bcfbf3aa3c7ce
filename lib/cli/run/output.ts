import {constants, type Stats} from 'node:fs';
import {type FileHandle, open, stat} from 'node:fs/promises';
import process from 'node:process';
import {DurableLines} from '../../runs/files/durable-lines.js';
import {fileError} from '../../utils/file-error.js';
import {writeStdout} from '../terminal/stdout.js';

/** Where result lines go. */
export interface Output {
  /** Whether the user watches the lines scroll by. */
  isTerminal: boolean;
  /** The file, if lines that are in it stay there; not for stdout, a pipe or a device. */
  file: string | undefined;
  /** What the file held when it was opened: its bytes, and those of them that are whole lines, to be resumed behind. */
  extent: {size: number; whole: number};
  /**
   * Drops what an earlier run left in the file, but for the whole lines of one that is resumed.
   *
   * @returns the bytes of an incomplete last line that were dropped to resume
   */
  begin(): Promise<number>;
  /**
   * Writes a line, given without its line feed. Resolves when it is handed on, in a file when it is on the disk.
   *
   * @throws {@link FileLostError} as {@link Output.requirePresent}
   */
  write(line: string): Promise<void>;
  /**
   * Makes sure that a file is still there, with all that was written to it.
   *
   * @throws {@link FileLostError} if it was removed, renamed, replaced or written to by something else
   */
  requirePresent(): Promise<void>;
  close(): Promise<void>;
}

interface OutputOptions {
  /** The file that is read, which cannot be written at the same time. */
  input: Stats | undefined;
  /** Append to what the file holds. */
  resume: boolean;
  /** Replace what the file holds. */
  overwrite: boolean;
}

/**
 * Opens what results are written to. A file keeps its content until {@link Output.begin}, so that a run that cannot load
 * its models, or resumes what is no output of it, costs nobody their results.
 *
 * @param file - a path; `-` or nothing for stdout
 * @throws an error that names the file
 */
export async function openOutput(file: string | undefined, options: OutputOptions): Promise<Output> {
  if (file === undefined || file === '-') {
    return {...plainOutput(writeStdout), isTerminal: process.stdout.isTTY === true};
  }

  const refuse = (error: unknown): never => {
    throw fileError(`cannot write ${file}`, error);
  };
  const stats = await stat(file).catch(error => (error.code === 'ENOENT' ? undefined : refuse(error)));
  if (stats && !stats.isFile()) {
    return options.resume
      ? refuse(new Error('what is no file cannot be resumed'))
      : deviceOutput(await open(file, constants.O_WRONLY).catch(refuse), refuse);
  }

  if (stats && options.input?.ino === stats.ino && options.input.dev === stats.dev) {
    refuse(new Error('it is the file that is read'));
  }

  if (stats && stats.size > 0 && !options.resume && !options.overwrite) {
    refuse(new Error('it is not empty; --resume goes on with it, --overwrite replaces it'));
  }

  return fileOutput(file, await DurableLines.open(file, {untouched: true}), options);
}

async function fileOutput(file: string, lines: DurableLines, {resume}: OutputOptions): Promise<Output> {
  return {
    isTerminal: false,
    file,
    extent: {size: lines.size, whole: resume ? await wholeLength(file, lines) : 0},
    begin: async () => {
      if (resume) {
        return lines.cutIncomplete();
      }

      await lines.clear();
      return 0;
    },
    write: async line => {
      await lines.requirePresent();
      await lines.append(line);
    },
    requirePresent: async () => lines.requirePresent(),
    close: async () => lines.close(),
  };
}

async function wholeLength(file: string, lines: DurableLines): Promise<number> {
  try {
    return await lines.wholeLength();
  } catch (error) {
    await lines.close();
    throw fileError(`cannot write ${file}`, error);
  }
}

function deviceOutput(handle: FileHandle, refuse: (error: unknown) => never): Output {
  const output = plainOutput(async text => handle.appendFile(text).catch(refuse));
  return {...output, close: async () => handle.close()};
}

function plainOutput(write: (text: string) => Promise<void>): Output {
  return {
    isTerminal: false,
    file: undefined,
    extent: {size: 0, whole: 0},
    begin: async () => 0,
    write: async line => write(`${line}\n`),
    requirePresent: async () => undefined,
    close: async () => undefined,
  };
}
