/** What the tables of an evaluation were made of. */
export interface EvalSource {
  /** The data set, or the results that were read. */
  file: string;
  beta: number;
  betaSchedule: string;
  withoutReference: boolean;
  /** How many responses the models were run for; `null` for results that were read. */
  scored: number | null;
  /** How many records could not be scored. */
  skipped: number;
}
