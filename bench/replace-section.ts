import {readFileSync, writeFileSync} from 'node:fs';

/** Puts new text between the comments `<!-- begin name -->` and `<!-- end name -->` of a page. */
export function replaceSection(file: URL, name: string, text: string): void {
  const page = readFileSync(file, 'utf8');
  const [begin, end] = [`<!-- begin ${name} -->\n`, `\n<!-- end ${name} -->`];
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from === -1 || to < from) {
    throw new Error(`${file.pathname} has no section ${name}.`);
  }

  writeFileSync(file, `${page.slice(0, from)}${begin}\n${text}\n${page.slice(to)}`);
}
