/** An answer that a text may have. */
export interface Candidate {
  answer: string;
  /** Where it stands, in UTF-16 units: the later one of two counts. */
  index: number;
}

/** The candidate that stands last. */
export function lastOf(candidates: readonly Candidate[]): Candidate | undefined {
  return candidates.reduce<Candidate | undefined>(
    (last, candidate) => (last && last.index > candidate.index ? last : candidate),
    undefined,
  );
}
