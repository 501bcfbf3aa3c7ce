import type {EvalSource} from '../outcome.js';

/** Says in the head of a table how rewards were made, and what is missing. */
export function rewardsText({beta, betaSchedule, withoutReference, skipped}: EvalSource): string {
  const schedule = betaSchedule === 'constant' ? '' : ` (${betaSchedule})`;
  const reference = withoutReference ? ', without the reference' : '';
  return `β = ${beta}${schedule}${reference}${skipped === 0 ? '' : `; ${skipped} more could not be scored`}`;
}
