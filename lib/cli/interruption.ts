import {constants} from 'node:os';

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
