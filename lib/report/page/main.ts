import {formatCount} from '../../paint/numbers.js';
import type {ReportData} from '../data/types.js';
import {overview} from './charts/overview.js';
import {ResponseDetail} from './detail/detail.js';
import {element} from './element.js';
import {pageHeader} from './header.js';
import {responseViews} from './response-view.js';
import {Selection} from './selection.js';
import {filterBar, filterResponses} from './table/filter.js';
import {ResponseTable} from './table/table.js';

const data = JSON.parse(document.querySelector('#data')!.textContent!) as ReportData;
const responses = responseViews(data);
document.body.append(pageHeader(data));
if (responses.length === 0) {
  document.body.append(element('p', {class: 'empty'}, 'There are no responses in these results.'));
} else {
  const verdicts = new Set(responses.map(({verdict}) => verdict));
  const selection = new Selection(responses);
  const table = new ResponseTable(selection, {
    stepScale: data.scales.step,
    labelled: verdicts.has('right') || verdicts.has('wrong'),
  });
  const count = element('p', {class: 'count', role: 'status'});
  const show = (shown: typeof responses) => {
    const all = formatCount(responses.length, 'response');
    count.textContent =
      shown.length === responses.length ? all : `${shown.length.toLocaleString('en')} of ${all}`;
    table.show(shown);
  };
  const filters = filterBar(verdicts, filter => {
    show(filterResponses(responses, filter));
  });
  const list = element(
    'section',
    {class: 'list', 'aria-label': 'Table of responses'},
    filters,
    table.element,
    count,
  );
  const detail = new ResponseDetail(responses, selection, data.scales);
  document.body.append(overview(data, responses), element('main', {}, list, detail.element));
  show(responses);
  table.reveal();
}
