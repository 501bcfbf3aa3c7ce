import {constants} from 'node:os';
import process from 'node:process';

/** The reason that work was aborted for: the user or the system sent a signal. */
export class Interruption extends Error {
  static {
    Interruption.prototype.name = 'Interruption';
  }

  /** 128 and the signal's number, as a shell has it: 130 for SIGINT. */
  readonly exitCode: number;

  /** @param signal - the signal that came */
  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super(`Interrupted by ${signal}`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/**
 * Runs work that SIGINT (Ctrl-C) and SIGTERM abort in good order. A second one ends the process at once.
 *
 * @param work - is given a signal, aborted with an {@link Interruption}
 * @returns what the work returns
 * @throws {@link Interruption} if the work failed after the signal came, whatever it failed with
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const names = ['SIGINT', 'SIGTERM'] as const;
  const listeners = names.map(name => ({name, abort: () => controller.abort(new Interruption(name))}));
  for (const {name, abort} of listeners) {
    process.once(name, abort);
  }

  try {
    return await work(controller.signal);
  } catch (error) {
    // Streams reject with an AbortError of their own.
    controller.signal.throwIfAborted();
    throw error;
  } finally {
    for (const {name, abort} of listeners) {
      process.off(name, abort);
    }
  }
}
