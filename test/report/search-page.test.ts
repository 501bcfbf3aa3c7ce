import {readFileSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import test from 'ava';
import {
  InvalidInputError,
  type ReportSearch,
  type SearchResult,
  search,
  toSearchReport,
} from '../../lib/index.js';
import {buildSearchData, checkSearchedLine} from '../../lib/report/data/build-search.js';
import {pageHtml} from '../../lib/report/page-html.js';
import {searchRecord} from '../../lib/search/search-record.js';
import {chromiumPath, launchChromium} from '../helpers/chromium.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';
import {FakeGenerator, FakeSession} from '../search/fakes.js';

// Without a browser these tests are told as skipped, not as passed.
const browserTest = chromiumPath === undefined ? test.skip : test;
const directory = temporaryDirectory();
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const hostile = 'good +1 </script><script>alert(1)</script> <b>';

async function searched(method: 'beam' | 'bestOfN'): Promise<SearchResult> {
  const generator = new FakeGenerator(steps =>
    steps.length < 2
      ? {choices: [hostile, 'bad -3', 'so-so -1'], ends: false}
      : {choices: [steps.some(step => step.startsWith('bad')) ? 'Answer: 0' : 'Answer: 7'], ends: true},
  );
  return search({session: () => new FakeSession()}, generator, 'x', {method, seed: 1, n: 8});
}

/** The lines of two searches, a beam's and one of best-of-N. */
async function searchedLines(): Promise<ReportSearch[]> {
  const lines = [];
  for (const method of ['beam', 'bestOfN'] as const) {
    const result = await searched(method);
    const options = {method, n: 8, budget: {}, choose: 'best', tree: true} as const;
    lines.push({prompt: `${method} ${hostile}`, reference: '7', ...searchRecord(result, options, '7')});
  }

  return JSON.parse(JSON.stringify(lines));
}

test('what is no search, or has no tree, is told', async t => {
  const [line] = await searchedLines();
  const {tree: _tree, ...without} = line!;
  t.throws(() => checkSearchedLine(without, 'the line'), {message: /tree in the line.*search --tree/u});
  t.throws(() => checkSearchedLine({...line, n: 0}, 'the line'), {message: /n in the line/u});
});

/** What the script of a page reads. */
function dataOf(html: string) {
  const [, json] = /<script type="application\/json" id="data">(.*?)<\/script>/su.exec(html)!;
  return JSON.parse(json!);
}

test('a page is made of what a search returned, and its answer is compared with the reference', async t => {
  const result = await searched('beam');
  const {best, tree, usage} = result;
  const common = {prompt: 'x', method: 'beam', n: 8, ...result} as const;
  const html = toSearchReport(
    [
      {...common, id: 3, reference: 7},
      {...common, reference: '8'},
      common,
      {...common, answer: null, reference: '7'},
    ],
    {title: '</title><script>alert(1)</script>'},
  );
  t.true(html.includes('<title>&lt;/title&gt;&lt;script&gt;'));
  const {searches} = dataOf(html);
  t.like(searches[0], {
    id: '3',
    prompt: 'x',
    reference: '7',
    method: 'beam',
    n: 8,
    ended: 'done',
    answer: '7',
  });
  t.is(searches[0].best, best!.node);
  t.deepEqual(searches[0].usage, usage);
  t.deepEqual(searches[0].tree, JSON.parse(JSON.stringify(tree)));
  t.deepEqual(
    searches.map(({correct}: {correct: boolean | null}) => correct),
    [true, false, null, false],
  );
});

test('a search that wrote nothing has a page too', t => {
  const root = {
    id: 0,
    text: '',
    reward: null,
    q: null,
    score: null,
    count: 1,
    state: 'open',
    visits: 0,
  } as const;
  const html = toSearchReport([
    {
      prompt: 'x',
      method: 'mcts',
      n: 4,
      best: null,
      ended: 'seconds',
      usage: {generated: 0, evaluated: 0, scored: 0},
      tree: {...root, children: []},
    },
  ]);
  t.true(html.includes('<title>Searches</title>'));
  t.like(dataOf(html).searches[0], {answer: null, best: null, correct: null});
});

test('a page from lines is the one from what the searches returned', async t => {
  const lines = await searchedLines();
  const returned = await Promise.all(
    (['beam', 'bestOfN'] as const).map(async (method, index) => ({
      ...(await searched(method)),
      ...{method, n: 8, prompt: lines[index]!.prompt, reference: '7'},
    })),
  );
  t.deepEqual(dataOf(toSearchReport(returned)), dataOf(toSearchReport(lines)));
});

test('what no page of searches can be made of is told by its place', async t => {
  const [line] = await searchedLines();
  const {tree: _tree, ...without} = line!;
  t.throws(() => toSearchReport([line!, without as ReportSearch]), {
    instanceOf: InvalidInputError,
    message: /tree in toSearchReport's searches\[1\]/u,
  });
  t.throws(() => toSearchReport(line as unknown as ReportSearch[]), {instanceOf: InvalidInputError});
  t.throws(() => toSearchReport([line!], {name: 'x'} as object), {instanceOf: InvalidInputError});
});

browserTest(
  'it shows the tree of each search, the best response marked and what was pruned dimmed',
  async t => {
    const lines = await searchedLines();
    const file = path.join(directory, 'search.html');
    const data = buildSearchData(lines.map(line => checkSearchedLine(line, 'a line')));
    writeFileSync(file, pageHtml('search', {title: hostile, skipped: 1, ...data}));
    const browser = await launchChromium();
    try {
      const page = await browser.newPage({viewport: {width: 1280, height: 800}});
      page.on('console', message => t.fail(`${message.type()}: ${message.text()}`));
      page.on('pageerror', error => t.fail(error.stack));
      page.on('dialog', dialog => t.fail(dialog.message()));
      page.on('request', request => t.is(request.url(), pathToFileURL(file).href));
      await page.goto(pathToFileURL(file).href);
      t.is(await page.locator('.search h2').textContent(), `beam ${hostile}`);
      t.true(await page.getByText('2 searches').isVisible());
      t.true(await page.getByText('100.0% right').isVisible());
      t.deepEqual(
        await page.locator('.winning > details > .node .text, .winning > .node .text').allTextContents(),
        [hostile, hostile, 'Answer: 7'],
      );
      t.is(await page.getByText('best response', {exact: true}).count(), 1);
      // As a text: these tests are not compiled for a browser.
      const colour = async (selector: string) =>
        page.evaluate(`getComputedStyle(document.querySelector(${JSON.stringify(selector)})).color`);
      t.not(await colour('.pruned > .node > .text'), await colour('.winning > details > .node > .text'));

      const closed = page.locator('.tree details:not([open]) > summary');
      await page.getByRole('button', {name: 'bestOfN'}).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', {name: 'bestOfN'}).waitFor();
      t.regex(page.url(), /#search-2$/u);
      const before = await closed.count();
      t.true(before > 0);
      await closed.first().focus();
      await page.keyboard.press('Enter');
      t.is(await closed.count(), before - 1);

      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({colorScheme});
        await page.evaluate(axe);
        const {violations} = (await page.evaluate('axe.run()')) as {violations: {id: string}[]};
        t.deepEqual(
          violations.map(({id}) => id),
          [],
        );
      }
    } finally {
      await browser.close();
    }
  },
);
