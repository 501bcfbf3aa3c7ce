import type {Verdict} from '../response-view.js';

/** The colours of right and wrong responses, the same everywhere. */
export const verdictColours: Readonly<Record<Verdict, string>> = {
  right: 'var(--right)',
  wrong: 'var(--wrong)',
  unlabelled: 'var(--neutral)',
};
