import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {packageRoot} from '../cli/cli-process.js';

/** A code block of the README or a guide. */
export interface CodeBlock {
  /** The file, from the root of the package. */
  page: string;
  /** In which line it begins, from 1. */
  line: number;
  language: string;
  code: string;
  /** Why it is not run, if a comment `<!-- not run: … -->` stands before it. */
  notRun: string | null;
  /** What it prints, if a block of text follows at once. */
  output: string | null;
}

/** The README and the guides. */
export const pages = ['README.md', ...readdirSync(path.join(packageRoot, 'docs')).map(name => `docs/${name}`)]
  .filter(name => name.endsWith('.md'))
  .map(name => ({name, text: readFileSync(path.join(packageRoot, name), 'utf8')}));

const fenced =
  /(?:^<!-- not run: (?<why>.+?) -->\n+)?^```(?<language>\w*)\n(?<code>.*?)^```$(?:\n+^```text\n(?<output>.*?)^```$)?/gmsu;

/** All code blocks in one language. */
export function codeBlocks(language: string): CodeBlock[] {
  return pages.flatMap(({name, text}) =>
    [...text.matchAll(fenced)]
      .filter(({groups}) => groups!.language === language)
      .map(({index, groups}) => ({
        page: name,
        line: text.slice(0, index).split('\n').length,
        language,
        code: groups!.code!,
        notRun: groups!.why ?? null,
        output: groups!.output ?? null,
      })),
  );
}
