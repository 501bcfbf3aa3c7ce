/** That a pair could not be opened for a line of the input, which is no fault of the line, whatever class the cause has. */
export class PairNotOpened extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), {cause});
  }
}
