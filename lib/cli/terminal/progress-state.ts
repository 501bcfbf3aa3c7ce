/** What a progress bar shows. */
export interface ProgressState {
  /** What is going on, such as `loading`. */
  label: string;
  /** 0 … 1; `null` if nobody knows how much there is to do. */
  fraction: number | null;
  /** Where it began, 0 if left out: what was done before takes no time. */
  from?: number;
  /** When that was, as `Date.now()` has it; when the bar began if left out. */
  since?: number;
  /** How far it is, in words. */
  detail?: string;
}
