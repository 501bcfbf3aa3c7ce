import {formatNumber} from '../../../paint/numbers.js';
import type {ReportData} from '../../data/types.js';
import {qChart} from '../charts/q.js';
import {element} from '../element.js';
import type {ResponseView} from '../response-view.js';
import type {Selection} from '../selection.js';
import {responseFacts} from './facts.js';
import {type HeatBy, heatmap} from './heatmap.js';
import {Tooltip} from './tooltip.js';

const colourings: Readonly<Record<HeatBy, string>> = {
  token: 'token reward',
  step: 'step reward',
  q: 'running Q',
};

/** Shows the response that is looked at: its prompt, the candidates' Q values, its text. */
export class ResponseDetail {
  readonly element = element('section', {class: 'detail', 'aria-label': 'Response'});
  readonly #tooltip = new Tooltip();
  readonly #scales: ReportData['scales'];
  readonly #text = element('div', {class: 'heatmap'});
  #by: HeatBy = 'token';
  #response: ResponseView;

  constructor(responses: readonly ResponseView[], selection: Selection, scales: ReportData['scales']) {
    this.#scales = scales;
    this.#response = selection.response;
    document.body.append(this.#tooltip.element);
    selection.watch(response => {
      this.#response = response;
      this.#tooltip.hide();
      const {first, count} = response.of;
      const candidates = responses.slice(first, first + count);
      const pressed = this.element.querySelector<HTMLElement>('.turn:focus')?.title;
      this.element.scrollTop = 0;
      this.element.replaceChildren(
        promptPart(response),
        responseFacts(response, index => selection.select(index)),
        qChart(candidates, response, index => selection.select(index)),
        this.#colouring(),
        this.#text,
      );
      this.#drawText();
      // The button that was pressed is another now.
      this.element.querySelector<HTMLElement>(`.turn[title="${pressed}"]`)?.focus();
    });
  }

  #colouring(): HTMLElement {
    const select = element(
      'select',
      {'aria-label': 'Colour by'},
      ...Object.entries(colourings).map(([value, name]) =>
        element('option', {value, selected: value === this.#by}, name),
      ),
    );
    const ends = element('span', {class: 'scale'});
    const update = () => {
      const end = formatNumber(this.#scales[this.#by], this.#scales[this.#by] < 0.1 ? 4 : 2);
      ends.replaceChildren(`≤ −${end}`, element('i', {'aria-hidden': 'true'}), `≥ +${end}`);
    };
    select.addEventListener('change', () => {
      this.#by = select.value as HeatBy;
      update();
      this.#drawText();
    });
    update();
    return element('div', {class: 'colouring'}, element('label', {}, 'Colour by ', select), ends);
  }

  #drawText(): void {
    const header = element(
      'div',
      {class: 'step head', 'aria-hidden': 'true'},
      ...['', 'reward', 'Q', 'σ(Q)', 'step'].map(name => element('span', {}, name)),
    );
    this.#text.replaceChildren(
      header,
      heatmap(this.#response, {by: this.#by, scales: this.#scales, tooltip: this.#tooltip}),
    );
  }
}

function promptPart({of, id}: ResponseView): HTMLElement {
  const name = of.id === null || of.id === id ? 'Prompt' : `Prompt ${of.id}`;
  return element(
    'div',
    {class: 'prompt'},
    element('h2', {}, element('bdi', {}, name)),
    element('div', {class: 'text', dir: 'auto', tabindex: 0}, of.text ?? 'The results do not tell it.'),
    ...(of.reference === null
      ? []
      : [
          element('p', {}, element('span', {class: 'muted'}, 'reference '), element('bdi', {}, of.reference)),
        ]),
  );
}
