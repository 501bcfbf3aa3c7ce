import {readFileSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import type {Browser, Page} from 'playwright-core';
import {type ReportResult, toReport} from '../../lib/index.js';
import {chromiumPath, launchChromium} from '../helpers/chromium.js';
import {madeResponse} from '../helpers/made-response.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';

// Without a browser these tests are told as skipped, not as passed.
const browserTest = chromiumPath === undefined ? test.skip : test;
const directory = temporaryDirectory();
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let browser: Browser;

if (chromiumPath !== undefined) {
  test.before(async () => {
    browser = await launchChromium();
  });
  test.after.always(async () => browser?.close());
}

const hostile = `</script><script>alert(1)</script> <!-- "double" 'single' & &amp; \`\${1}\`

<img src=x onerror=alert(2)>\ta tab, a \r return, \u202Eturned\u202C

שלום 12 + 3 مرحبا
👩‍👩‍👧 漢字 and é\u2028

Answer: <b>5</b>`;

/** Two problems of four candidates, two of them right; the scores differ. */
const results: ReportResult[] = ['first', 'second'].map((id, problem) => ({
  id,
  prompt: `Compute the ${id}`,
  reference: '5',
  results: [5, 6, 7, 5].map((answer, index) =>
    madeResponse(`${'Let us see. '.repeat(problem + index + 1)}\n\nThat is it.\n\nAnswer: ${answer}`),
  ),
}));

interface OpenOptions {
  colorScheme?: 'light' | 'dark';
  /** In pixels. */
  width?: number;
}

/** Opens a report from a file, and fails the test if anything goes wrong in it or is loaded from elsewhere. */
async function open(
  t: ExecutionContext,
  data: readonly ReportResult[],
  {colorScheme = 'light', width = 1280}: OpenOptions = {},
): Promise<Page> {
  const file = path.join(directory, `${t.title.replaceAll(/\W/gu, '-')}.html`);
  writeFileSync(file, toReport(data, {title: hostile}));
  const page = await browser.newPage({colorScheme, viewport: {width, height: 800}});
  const url = pathToFileURL(file).href;
  page.on('console', message => t.fail(`${message.type()}: ${message.text()}`));
  page.on('pageerror', error => t.fail(error.stack));
  page.on('dialog', dialog => t.fail(`a dialog: ${dialog.message()}`));
  page.on('request', request => t.is(request.url(), url));
  t.teardown(async () => page.close());
  await page.goto(url);
  await page.locator('h1').waitFor();
  return page;
}

/** The texts of a column of the table, the first being 1. */
async function column(page: Page, number: number): Promise<string[]> {
  return page.locator(`tr[data-index] td:nth-child(${number})`).allTextContents();
}

const toNumber = (text: string) => Number(text.replace('−', '-'));

browserTest('a page of hostile texts shows them as they are, and runs none of them', async t => {
  const response = madeResponse(hostile);
  const page = await open(t, [{prompt: hostile, id: hostile, reference: hostile, results: [response]}]);
  t.true((await page.title()).startsWith('</script><script>alert(1)</script> <!-- "double"'));
  t.is(await page.locator('.prompt .text').textContent(), hostile);
  const tokens = await page.locator('.token').allTextContents();
  t.is(tokens.join(''), hostile);
  t.is(await page.locator('img, :is(.table, .prompt, .facts, .heatmap) b').count(), 0);
});

browserTest('the table is sorted by its headers, by mouse and by keyboard', async t => {
  const page = await open(t, results);
  t.deepEqual(await column(page, 1), ['1', '2', '3', '4', '5', '6', '7', '8']);
  const header = page.locator('th', {hasText: 'Score'});
  await header.getByRole('button').click();
  t.is(await header.getAttribute('aria-sort'), 'descending');
  const falling = (await column(page, 4)).map(toNumber);
  t.deepEqual(
    falling,
    falling.toSorted((a, b) => b - a),
  );
  t.true(falling[0]! > falling.at(-1)!);
  await page.keyboard.press('Enter');
  t.is(await header.getAttribute('aria-sort'), 'ascending');
  t.deepEqual((await column(page, 4)).map(toNumber), falling.toReversed());
  await page.getByRole('button', {name: 'Answer'}).click();
  t.is(await header.getAttribute('aria-sort'), null);
  t.deepEqual(await column(page, 8), ['5', '5', '5', '5', '6', '6', '7', '7']);
});

browserTest('the table is filtered by text, answer, correctness and score', async t => {
  const page = await open(t, results);
  const filtered = async (rows: number) => {
    await page
      .getByRole('status')
      .filter({hasText: `${rows} of 8 responses`})
      .waitFor();
    return column(page, 1);
  };
  await page.getByLabel('Correctness').selectOption('right');
  t.deepEqual(await filtered(4), ['1', '4', '5', '8']);
  await page.getByLabel('Search in prompts').fill('THE SECOND');
  t.deepEqual(await filtered(2), ['5', '8']);
  await page.getByLabel('Correctness').selectOption('wrong');
  await page.getByLabel('Search in answers').fill('7');
  t.deepEqual(await filtered(1), ['7']);
  await page.getByLabel('Lowest score').fill('1e9');
  t.deepEqual(await filtered(0), []);
});

browserTest('pointing at a token tells its log-probabilities, reward and Q', async t => {
  const page = await open(t, results);
  const tip = page.getByRole('tooltip');
  t.true(await tip.isHidden());
  await page.locator('.token').nth(5).hover();
  const {tokens} = (results[0] as Extract<ReportResult, {results: unknown}>).results[0]!;
  const [policy, reference] = [tokens.policyLogprobs[5]!, tokens.referenceLogprobs![5]!];
  const ratios = Array.from(
    tokens.policyLogprobs,
    (value, index) => value - tokens.referenceLogprobs![index]!,
  );
  const q = ratios.slice(0, 6).reduce((sum, ratio) => sum + 0.3 * ratio, 0);
  const shown = (await tip.locator('td').allTextContents()).map(toNumber);
  const wanted = [
    policy,
    reference,
    policy - reference,
    0.3 * (policy - reference),
    q,
    1 / (1 + Math.exp(-q)),
  ];
  for (const [index, value] of wanted.entries()) {
    t.true(Math.abs(shown[index]! - value) < 1e-3, `row ${index}: ${shown[index]} for ${value}`);
  }
});

browserTest('tokens, rows and candidates are reached by keyboard', async t => {
  const page = await open(t, results);
  const tip = page.getByRole('tooltip');
  await page.locator('.token').first().focus();
  await page.keyboard.press('ArrowRight');
  t.true((await tip.textContent())!.includes('Token 2 of'));
  await page.keyboard.press('ArrowDown');
  t.true((await tip.textContent())!.includes('step 2'));
  await page.keyboard.press('Escape');
  t.true(await tip.isHidden());
  await page.locator('tr[tabindex="0"]').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('End');
  t.is(await page.locator('tr[aria-selected="true"]').getAttribute('data-index'), '7');
  t.is(await page.locator(':focus').getAttribute('data-index'), '7');
  await page.getByRole('button', {name: 'Previous candidate'}).click();
  t.is(await page.locator('.facts h2').textContent(), 'Candidate 3 of 4');
  t.is(await page.locator(':focus').getAttribute('title'), 'Previous candidate');
  t.regex(page.url(), /#response-7$/u);
});

browserTest('there is a chart of the candidates, of scores, of best-of-N and of calibration', async t => {
  const page = await open(t, results);
  await page.locator('.chart svg').nth(3).waitFor();
  t.deepEqual(await page.locator('.chart h2').allTextContents(), [
    'Scores',
    'Best of N',
    'Calibration',
    'Q over steps',
  ]);
  const lines = async (colour: string) => page.locator(`.detail .chart [stroke="var(--${colour})"]`).count();
  t.deepEqual([await lines('right'), await lines('wrong')], [2, 2]);
  await page.locator('tr[data-index="4"]').click();
  t.is(await page.locator('.prompt .text').textContent(), 'Compute the second');
});

for (const colorScheme of ['light', 'dark'] as const) {
  browserTest(`the ${colorScheme} page is accessible, and the other theme is a click away`, async t => {
    const page = await open(t, results, {colorScheme});
    await page.locator('.chart svg').nth(3).waitFor();
    await page.evaluate(axe);
    const run = '(async () => (await axe.run()).violations.map(({id, nodes}) => id + " " + nodes[0].html))()';
    t.deepEqual(await page.evaluate(run), []);
    const background = async () =>
      page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    const before = await background();
    await page.getByRole('button', {name: colorScheme === 'light' ? 'Dark' : 'Light'}).click();
    t.not(await background(), before);
  });
}

browserTest('a thousand responses are a few rows at a time, and all of them in print', async t => {
  const response = madeResponse('A step.\n\nAnswer: 1');
  const page = await open(
    t,
    Array.from({length: 1000}, (_, index) => ({...response, prompt: `problem ${index}`})),
  );
  const rows = page.locator('tr[data-index]');
  t.true((await rows.count()) < 100);
  await page.locator('tr[tabindex="0"]').focus();
  await page.keyboard.press('End');
  await page.locator('tr[data-index="999"]').waitFor();
  t.true((await rows.count()) < 100);
  await page.evaluate("dispatchEvent(new Event('beforeprint'))");
  t.is(await rows.count(), 1000);
  await page.evaluate("dispatchEvent(new Event('afterprint'))");
  t.true((await rows.count()) < 100);
});

const odd: [title: string, data: ReportResult[], shows: string][] = [
  ['no response', [], 'There are no responses'],
  [
    'one step, and neither prompt nor reference',
    [madeResponse('Only this', {reference: false})],
    '1 response',
  ],
  ['an unfinished response', [madeResponse('Step one.\n\nStep tw', {complete: false})], 'unfinished'],
  ['a long response of many steps', [madeResponse('Word by word, on and on.\n\n'.repeat(500))], '500'],
  ['a label of the first error', [{...madeResponse('Wrong.\n\nAnswer: 1'), label: 0}], 'first error (label)'],
];

for (const [title, data, shows] of odd) {
  browserTest(`a narrow page shows ${title}`, async t => {
    const page = await open(t, data, {width: 360});
    t.true((await page.locator('body').textContent())!.includes(shows));
    t.true(await page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth'));
  });
}
