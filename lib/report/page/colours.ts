import type {Verdict} from './response-view.js';

/**
 * Colours an element by a number of either sign: the style mixes the colour of the sign in by `--heat`, 0 … 1.
 *
 * @param scale - the size from which on the colour is full
 */
export function heat(target: HTMLElement, value: number, scale: number): void {
  target.classList.add(value < 0 ? 'negative' : 'positive');
  target.style.setProperty('--heat', Math.min(1, Math.abs(value) / scale).toFixed(3));
}

/** The colours of right and wrong responses, the same everywhere. */
export const verdictColours: Readonly<Record<Verdict, string>> = {
  right: 'var(--right)',
  wrong: 'var(--wrong)',
  unlabelled: 'var(--neutral)',
};
