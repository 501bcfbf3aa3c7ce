/** Another process writes the file. */
export class LockHeldError extends Error {
  static {
    LockHeldError.prototype.name = 'LockHeldError';
  }

  /**
   * @param lock - the lock file
   * @param holder - who wrote it, if that can be told
   */
  constructor(lock: string, holder: {host: string; pid: number} | undefined) {
    const who = holder ? `process ${holder.pid} on ${holder.host}` : 'another process';
    super(`${who} is writing it (if that is not so, remove ${lock})`);
  }
}
