/** What clients of process reward models put behind a step: the token of Qwen2.5-Math-PRM. */
const mark = '<extra_0>';

/**
 * The steps of a response that has a mark behind each. No model of a pair has been trained on marks, so that they are
 * taken out: the steps are scored with blank lines between.
 *
 * @returns `undefined` for a response without a mark
 */
export function markedSteps(response: string): readonly string[] | undefined {
  const pieces = response.split(mark).map(piece => piece.trim());
  if (pieces.length === 1) {
    return undefined;
  }

  // Behind the last mark there is nothing, but for a step that the client has not marked.
  return pieces.at(-1) === '' ? pieces.slice(0, -1) : pieces;
}
