import {constants, type Stats} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import process from 'node:process';
import {fileError} from './file-error.js';
import {writeStdout} from './write-stdout.js';

/** Where result lines go. */
export interface Output {
  /** Whether the user watches the lines scroll by. */
  isTerminal: boolean;
  /** Drops what an earlier run left in the file. */
  begin(): Promise<void>;
  /** Resolves when the text is handed on, whole. */
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens what results are written to. A file that exists keeps its content until {@link Output.begin}, so that a run
 * that cannot load its models costs nobody their results.
 *
 * @param file - a path; `-` or nothing for stdout
 * @param input - the file that is read, which cannot be written at the same time
 * @throws an error that names the file
 */
export async function openOutput(file: string | undefined, input: Stats | undefined): Promise<Output> {
  if (file === undefined || file === '-') {
    return {
      isTerminal: process.stdout.isTTY === true,
      begin: async () => undefined,
      write: writeStdout,
      close: async () => undefined,
    };
  }

  const refuse = (error: unknown): never => {
    throw fileError(`cannot write ${file}`, error);
  };
  const handle = await open(file, constants.O_WRONLY | constants.O_CREAT).catch(refuse);
  const stats = await handle.stat();
  if (stats.isFile() && input?.ino === stats.ino && input.dev === stats.dev) {
    await handle.close();
    refuse(new Error('it is the file that is read'));
  }

  return fileOutput(handle, stats, refuse);
}

function fileOutput(handle: FileHandle, stats: Stats, refuse: (error: unknown) => never): Output {
  return {
    isTerminal: false,
    async begin() {
      // A device or a pipe cannot be cut.
      if (stats.isFile()) {
        await handle.truncate(0).catch(refuse);
      }
    },
    async write(text) {
      await handle.appendFile(text).catch(refuse);
    },
    close: async () => handle.close(),
  };
}
