import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import path from 'node:path';

/** The links in the HTML pages of a folder, and in those below it, that lead to no file or no place in one. */
export function brokenLinks(folder: string): string[] {
  const pages = readdirSync(folder, {recursive: true, encoding: 'utf8'}).filter(name =>
    name.endsWith('.html'),
  );
  const places = new Map(pages.map(page => [path.join(folder, page), idsIn(path.join(folder, page))]));
  return pages.flatMap(page => {
    const file = path.join(folder, page);
    const links = [...readFileSync(file, 'utf8').matchAll(/\s(?:href|src)="([^"]+)"/gu)].map(
      ([, link]) => link!,
    );
    return links.filter(link => isBroken(link, file, places)).map(link => `${page}: ${link}`);
  });
}

function idsIn(file: string): Set<string> {
  return new Set([...readFileSync(file, 'utf8').matchAll(/\sid="([^"]+)"/gu)].map(([, id]) => id!));
}

function isBroken(link: string, from: string, places: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  if (/^[a-z]+:/u.test(link)) {
    return false;
  }

  const [address, place] = link.split('#').map(decodeURIComponent);
  const file = address ? path.resolve(path.dirname(from), address) : from;
  const exists = existsSync(file) && statSync(file).isFile();
  // A page of Markdown that is not part of the site would be shown as source.
  return !exists || file.endsWith('.md') || Boolean(place && places.get(file)?.has(place) === false);
}
