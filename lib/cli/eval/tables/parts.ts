import type {EvalSource} from '../outcome.js';

/**
 * Renders a share as a percentage without its sign, such as `66.4`; 100 has no place after the point.
 *
 * @param share - −1 … 1
 * @param places - after the point
 */
export function percent(share: number, places = 1): string {
  const text = (100 * share).toFixed(places);
  if (Number(text) === 0) {
    return (0).toFixed(places);
  }

  return Math.abs(Number(text)) === 100 ? String(Number(text)) : text;
}

/** Says in the head of a table how rewards were made, and what is missing. */
export function rewardsText({beta, betaSchedule, withoutReference, skipped}: EvalSource): string {
  const schedule = betaSchedule === 'constant' ? '' : ` (${betaSchedule})`;
  const reference = withoutReference ? ', without the reference' : '';
  return `β = ${beta}${schedule}${reference}${skipped === 0 ? '' : `; ${skipped} more could not be scored`}`;
}
