import type {ReportData} from '../report-data.js';
import {element} from './element.js';
import {filterBar} from './filter-bar.js';
import {filterResponses} from './filter-responses.js';
import {formatCount} from './format-count.js';
import {overview} from './overview.js';
import {pageHeader} from './page-header.js';
import {ResponseDetail} from './response-detail.js';
import {ResponseTable} from './response-table.js';
import {responseViews} from './response-view.js';
import {Selection} from './selection.js';

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
