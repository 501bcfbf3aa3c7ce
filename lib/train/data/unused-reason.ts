/**
 * Why a response is not learned from:
 *
 * - `unlabelled`: nobody says whether it is right;
 * - `empty`: it has no text;
 * - `duplicate`: the same text was there before, under the same prompt;
 * - `contradictory`: the same text is called right and wrong;
 * - `tooLong`: with its prompt it has more tokens than the model, or the limit that was set, allows;
 * - `unpaired`: a pair objective needs a right and a wrong response to the prompt, and there are only such as this;
 * - `wrong`: supervised fine-tuning learns from right responses only.
 */
export type UnusedReason =
  | 'unlabelled'
  | 'empty'
  | 'duplicate'
  | 'contradictory'
  | 'tooLong'
  | 'unpaired'
  | 'wrong';

/** How many responses are not used, by reason; a reason that there is no response for is not there. */
export type UnusedCounts = Partial<Record<UnusedReason, number>>;

/** Counts one more. */
export function countUnused(counts: UnusedCounts, reason: UnusedReason, count = 1): void {
  if (count > 0) {
    counts[reason] = (counts[reason] ?? 0) + count;
  }
}
