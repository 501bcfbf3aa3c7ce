import {constants} from 'node:os';
import process from 'node:process';

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The reason that work was aborted for: the user or the system sent a signal. */
export class Interruption extends Error {
  static {
    Interruption.prototype.name = 'Interruption';
  }

  /** 128 and the signal's number, as a shell has it: 129 for SIGHUP, 130 for SIGINT, 143 for SIGTERM. */
  readonly exitCode: number;

  /** @param signal - the signal that came */
  constructor(signal: (typeof names)[number]) {
    super(`Interrupted by ${signal}`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/**
 * Runs work that SIGINT (Ctrl-C), SIGTERM and SIGHUP (the terminal was closed) abort in good order. A second one of a kind
 * ends the process at once.
 *
 * @param work - is given a signal, aborted with an {@link Interruption}
 * @returns what the work returns
 * @throws {@link Interruption} if the work failed after the signal came, whatever it failed with
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const listeners = names.map(name => ({name, hear: listenerOf(name, controller)}));
  for (const {name, hear} of listeners) {
    process.on(name, hear);
  }

  try {
    return await work(controller.signal);
  } catch (error) {
    // Streams reject with an AbortError of their own.
    controller.signal.throwIfAborted();
    throw error;
  } finally {
    for (const {name, hear} of listeners) {
      process.off(name, hear);
    }
  }
}

/** It stays where it is: the library signal-exit, which node-llama-cpp uses, ends a process in which nobody else listens. */
function listenerOf(name: (typeof names)[number], controller: AbortController): () => void {
  let heard = false;
  return function hear() {
    if (heard) {
      process.off(name, hear);
      process.kill(process.pid, name);
    }

    heard = true;
    controller.abort(new Interruption(name));
  };
}
