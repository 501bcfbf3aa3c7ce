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
