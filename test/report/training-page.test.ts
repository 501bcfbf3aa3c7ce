import {readFileSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import test from 'ava';
import {toTrainingReport} from '../../lib/index.js';
import type {TrainResult} from '../../lib/train/train-events.js';
import {chromiumPath, launchChromium} from '../helpers/chromium.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';
import {bigramOptions, bigramPlace, bigramRecords, bigramTraining} from '../train/bigram-data.js';

// Without a browser these tests are told as skipped, not as passed.
const browserTest = chromiumPath === undefined ? test.skip : test;
const directory = temporaryDirectory();
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

async function trained(): Promise<TrainResult> {
  const training = bigramTraining(bigramOptions({...bigramPlace(), epochs: 1}), bigramRecords(40));
  for (;;) {
    const next = await training.next();
    if (next.done) {
      return next.value;
    }
  }
}

test('the page of a training holds its data, and its title as text', async t => {
  const result = await trained();
  const html = toTrainingReport(result, {title: '</title><script>alert(1)</script>'});
  t.true(html.includes('<title>&lt;/title&gt;&lt;script&gt;'));
  t.regex(html, /default-src 'none'/u);
  const [, json] = /<script type="application\/json" id="data">(.*?)<\/script>/su.exec(html)!;
  const data = JSON.parse(json!);
  t.deepEqual(data.history, JSON.parse(JSON.stringify(result.history)));
  t.is(data.evaluation.outcomes.length, result.data.heldOutResponses);
});

browserTest(
  'it draws curves, distributions and figures beside their controls, and can be read by all',
  async t => {
    const browser = await launchChromium();
    try {
      const file = path.join(directory, 'training.html');
      writeFileSync(file, toTrainingReport(await trained(), {title: 'a run'}));
      const page = await browser.newPage({viewport: {width: 1280, height: 800}});
      page.on('console', message => t.fail(`${message.type()}: ${message.text()}`));
      page.on('pageerror', error => t.fail(error.stack));
      page.on('request', request => t.is(request.url(), pathToFileURL(file).href));
      await page.goto(pathToFileURL(file).href);
      await page.locator('figure svg[role=img]').first().waitFor();
      t.deepEqual(await page.locator('figure h2').allTextContents(), [
        ...['Loss', 'Right', 'Rewards', 'Gradient'],
        ...['Before', 'After', 'Calibration'],
      ]);
      t.is(await page.locator('figure svg[role=img]').count(), 7);
      t.true((await page.locator('.comparisons tbody tr').count()) >= 5);
      t.true(await page.locator('.comparisons tbody').getByText('outcome AUC, min').isVisible());
      await page.evaluate(axe);
      const {violations} = (await page.evaluate('axe.run()')) as {violations: {id: string}[]};
      t.deepEqual(
        violations.map(({id}) => id),
        [],
      );
    } finally {
      await browser.close();
    }
  },
);
