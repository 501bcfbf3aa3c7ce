import {element} from '../element.js';
import type {ResponseView} from '../response-view.js';
import type {Selection} from '../selection.js';
import {type Column, tableColumns} from './columns.js';

const collator = new Intl.Collator('en', {numeric: true});

/** The height of a row in pixels, as the style has it. */
const rowHeight = 28;
/** Rows that are made beyond those in sight, above and below. */
const spare = 12;

/** The table of responses. Only rows in sight are in the document, so that it scrolls the same with any number. */
export class ResponseTable {
  readonly element: HTMLElement;
  readonly #selection: Selection;
  readonly #columns: Column[];
  readonly #body = element('tbody');
  readonly #table: HTMLTableElement;
  readonly #headers: HTMLTableCellElement[];
  #responses: readonly ResponseView[] = [];
  #shown: ResponseView[] = [];
  #order: Order | undefined;
  /** The rows in the document by their places. */
  readonly #rows = new Map<number, HTMLTableRowElement>();
  readonly #above = element('tr', {'aria-hidden': 'true', class: 'gap'});
  readonly #below = element('tr', {'aria-hidden': 'true', class: 'gap'});
  #isPrinting = false;

  constructor(selection: Selection, options: {stepScale: number; labelled: boolean}) {
    this.#selection = selection;
    this.#columns = tableColumns(options.stepScale, options);
    this.#headers = this.#columns.map(column => this.#header(column));
    const columns = this.#columns.map(({width}) => element('col', {style: `width: ${width / 6.7}%`}));
    this.#table = element(
      'table',
      {role: 'grid', 'aria-label': 'Responses'},
      element('colgroup', {}, ...columns),
      element('thead', {}, element('tr', {'aria-rowindex': 1}, ...this.#headers)),
      this.#body,
    );
    this.#body.append(this.#above, this.#below);
    this.element = element('div', {class: 'table'}, this.#table);
    this.#listen();
  }

  /** Shows these responses, in the order that the user has chosen. */
  show(responses: readonly ResponseView[]): void {
    this.#responses = responses;
    this.#shown = this.#order ? sortResponses(responses, this.#order) : [...responses];
    this.#table.setAttribute('aria-rowcount', String(this.#shown.length + 1));
    this.#draw(true);
  }

  /** Scrolls to the response that is looked at, if it is shown. */
  reveal(): void {
    const place = this.#shown.indexOf(this.#selection.response);
    if (place !== -1) {
      this.#scrollTo(place);
    }
  }

  #scrollTo(place: number): void {
    const top = place * rowHeight;
    // The header row covers the first.
    const room = this.element.clientHeight - 2 * rowHeight;
    this.element.scrollTop = Math.min(top, Math.max(this.element.scrollTop, top - room));
    this.#draw(false);
  }

  #listen(): void {
    this.element.addEventListener('scroll', () => this.#draw(false), {passive: true});
    new ResizeObserver(() => this.#draw(false)).observe(this.element);
    this.#body.addEventListener('click', event => {
      const row = (event.target as Element).closest<HTMLElement>('tr[data-index]');
      if (row) {
        this.#selection.select(Number(row.dataset.index));
        row.focus({preventScroll: true});
      }
    });
    this.#body.addEventListener('keydown', event => this.#move(event));
    for (const isPrinting of [true, false]) {
      addEventListener(isPrinting ? 'beforeprint' : 'afterprint', () => {
        this.#isPrinting = isPrinting;
        this.#draw(true);
      });
    }

    this.#selection.watch(() => {
      this.#mark();
      this.reveal();
    });
  }

  #header(column: Column): HTMLTableCellElement {
    const button = element('button', {type: 'button', title: column.description}, column.name);
    button.addEventListener('click', () => {
      // Numbers are wanted from the highest down, places and names from the first on.
      const first = column.isNumber && column.name !== '#' && column.name !== 'Cand.';
      const descending = this.#order?.column === column ? !this.#order.descending : first;
      this.#order = {column, descending};
      for (const header of this.#headers) {
        header.removeAttribute('aria-sort');
      }

      header.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      this.element.scrollTop = 0;
      this.show(this.#responses);
    });
    const header = element('th', {scope: 'col', class: column.isNumber ? 'number' : null}, button);
    return header;
  }

  /** Brings the rows in sight into the document. Those that are there stay, unless all are to be made anew. */
  #draw(anew: boolean): void {
    const first = Math.floor(this.element.scrollTop / rowHeight);
    const room = Math.ceil(this.element.clientHeight / rowHeight);
    const from = this.#isPrinting ? 0 : Math.max(0, Math.min(first, this.#shown.length - room) - spare);
    const to = this.#isPrinting ? this.#shown.length : Math.min(this.#shown.length, first + room + spare);
    // Removing a row that has the focus lays the table out: were it shorter then, it would scroll back.
    this.#below.style.height = `${this.#shown.length * rowHeight}px`;
    for (const [place, row] of this.#rows) {
      if (anew || place < from || place >= to) {
        row.remove();
        this.#rows.delete(place);
      }
    }

    let next: HTMLElement = this.#below;
    for (let place = to - 1; place >= from; place--) {
      const row = this.#rows.get(place) ?? this.#row(this.#shown[place]!, place);
      if (row.nextSibling !== next) {
        this.#body.insertBefore(row, next);
      }

      this.#rows.set(place, row);
      next = row;
    }

    this.#above.style.height = `${from * rowHeight}px`;
    this.#below.style.height = `${(this.#shown.length - to) * rowHeight}px`;
    this.#mark();
  }

  #row(response: ResponseView, place: number): HTMLTableRowElement {
    const row = element('tr', {'data-index': response.index, 'aria-rowindex': place + 2});
    for (const column of this.#columns) {
      const cell = element('td', {class: column.isNumber ? 'number' : null});
      column.fill(cell, response);
      row.append(cell);
    }

    return row;
  }

  /** Marks the row of the response that is looked at. The tab key reaches it, or where it is not drawn the first. */
  #mark(): void {
    const selected = String(this.#selection.response.index);
    let reached: HTMLElement | undefined;
    for (const row of this.#rows.values()) {
      const isSelected = row.dataset.index === selected;
      row.setAttribute('aria-selected', String(isSelected));
      row.tabIndex = -1;
      reached = isSelected ? row : reached;
    }

    reached ??= this.#above.nextElementSibling as HTMLElement;
    reached.tabIndex = reached === this.#below ? -1 : 0;
  }

  #move(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.element.clientHeight / rowHeight) - 2);
    const last = this.#shown.length - 1;
    const row = (event.target as Element).closest('tr[data-index]');
    // The header is row 1.
    const from = Number(row?.getAttribute('aria-rowindex')) - 2;
    const next = {
      ArrowDown: from + 1,
      ArrowUp: from - 1,
      PageDown: from + page,
      PageUp: from - page,
      Home: 0,
      End: last,
    }[event.key];
    if (row && next !== undefined) {
      event.preventDefault();
      const place = Math.max(0, Math.min(last, next));
      this.#selection.select(this.#shown[place]!.index);
      this.#scrollTo(place);
      this.#rows.get(place)!.focus({preventScroll: true});
    }
  }
}

/** What the table is sorted by. */
interface Order {
  column: Column;
  descending: boolean;
}

/** Sorts responses. Those without a value go last either way, and those with the same stay in their order. */
function sortResponses(responses: readonly ResponseView[], {column, descending}: Order): ResponseView[] {
  const keyed = responses.map(response => ({response, value: column.value(response)}));
  const sign = descending ? -1 : 1;
  keyed.sort(({value: a}, {value: b}) => {
    if (a === null || b === null) {
      return Number(a === null) - Number(b === null);
    }

    return (
      sign * (typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b)))
    );
  });
  return keyed.map(({response}) => response);
}
