import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {packageRoot} from '../utils/package-root.js';
import {packageVersion} from '../utils/package-version.js';
import type {SearchReportData} from './data/search-types.js';
import type {TrainingReportData} from './data/training-types.js';
import type {ReportData} from './data/types.js';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** What each page is given. */
interface PageData {
  page: ReportData;
  training: TrainingReportData;
  search: SearchReportData;
}

/** What a report has in its head to be known by. */
export const generatorTag = '<meta name="generator" content="implicit-prm report">';

/**
 * Writes a page around its data.
 *
 * @param name - of the page, as it is bundled
 * @param data - what its script reads, but for `generator`
 * @throws an error if the page's script has not been built
 */
export function pageHtml<Name extends keyof PageData>(
  name: Name,
  data: Omit<PageData[Name], 'generator'>,
): string {
  const script = builtFile(`${name}.js`);
  const hash = createHash('sha256').update(script).digest('base64');
  // Nothing can be loaded or sent, and no script run but this one, whatever a response might smuggle in.
  const policy = `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${generatorTag}
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(data.title)}</title>
<style>${builtFile('page.css')}</style>
</head>
<body>
<noscript>This report needs JavaScript to show its data.</noscript>
<script type="application/json" id="data">${embeddedJson({...data, generator: `implicit-prm ${packageVersion()}`})}</script>
<script>${script}</script>
</body>
</html>
`;
}

function builtFile(name: string): string {
  try {
    return readFileSync(path.join(packageRoot, 'dist', 'report', name), 'utf8');
  } catch (cause) {
    throw new Error(`The report's ${name} is not built: run "npm run build:ts" in the package.`, {cause});
  }
}

/**
 * Writes JSON that can stand in a script element: no `<`, so that no text can end the element or begin a comment.
 * Surrogates that stand alone are escaped by `JSON.stringify` already.
 */
function embeddedJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<\u2028\u2029]/gu,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Makes text into HTML that shows it. A surrogate that stands alone becomes U+FFFD, as a file could not hold it. */
function escapeHtml(text: string): string {
  return text.toWellFormed().replace(/[&<>"']/gu, character => entities[character]!);
}
