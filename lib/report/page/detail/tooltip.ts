import {element} from '../element.js';

/** A box beside what is pointed at or focused, one for the page. */
export class Tooltip {
  readonly element = element('div', {class: 'tooltip', role: 'tooltip', id: 'tooltip', hidden: true});
  #target: HTMLElement | undefined;

  constructor() {
    addEventListener('keydown', event => {
      if (event.key === 'Escape') {
        this.hide();
      }
    });
    addEventListener('scroll', () => this.hide(), {capture: true, passive: true});
  }

  /** Shows something beside an element. */
  show(target: HTMLElement, ...content: readonly Node[]): void {
    this.hide();
    this.#target = target;
    target.setAttribute('aria-describedby', this.element.id);
    this.element.replaceChildren(...content);
    this.element.hidden = false;
    const place = target.getClientRects()[0] ?? target.getBoundingClientRect();
    const {width, height} = this.element.getBoundingClientRect();
    const below = place.bottom + 6;
    const top = below + height > innerHeight ? Math.max(4, place.top - height - 6) : below;
    const left = Math.max(4, Math.min(place.left, document.documentElement.clientWidth - width - 4));
    this.element.style.translate = `${left}px ${top}px`;
  }

  hide(): void {
    this.#target?.removeAttribute('aria-describedby');
    this.#target = undefined;
    this.element.hidden = true;
  }
}
