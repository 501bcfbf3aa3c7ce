/** What `score --keep-going` ends with if lines were skipped. The text on stderr has said so already. */
export class LinesSkipped extends Error {
  static {
    LinesSkipped.prototype.name = 'LinesSkipped';
  }
}
