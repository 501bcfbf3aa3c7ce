/** What `info --check` ends with if the models are no pair. The text on stdout has said so already. */
export class CheckFailed extends Error {
  static {
    CheckFailed.prototype.name = 'CheckFailed';
  }
}
