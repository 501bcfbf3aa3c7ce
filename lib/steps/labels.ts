import {insideOf} from './paragraphs.js';
import {isBlank, lineRanges, type TextRange, trimmedRange} from './ranges.js';

// Markdown and LaTeX before the label: headings, emphasis, quotes and list markers. After the number: the end of emphasis.
const command = 'textbf|textit|emph|underline|paragraph\\*?|(?:sub){0,2}section\\*?';
const markup = `[\\s#*_>[-]*(?:\\\\(?:${command})\\s?\\{\\s*)?`;
/** The word for a step, and what may stand between it and the number. */
const wordsForStep = {
  ...{English: 'step', German: 'schritt', French: '[ée]tape(?:\\s?n°)?', Spanish: 'paso|etapa'},
  ...{'Portuguese, Italian': 'passo|passaggio', Dutch: 'stap', 'Polish, Czech': 'krok', Russian: 'шаг'},
  ...{Ukrainian: 'крок', Turkish: 'adım', Vietnamese: 'bước', Indonesian: 'langkah', Hindi: 'चरण'},
  ...{Japanese: 'ステップ|手順', Korean: '단계', Arabic: 'الخطوة', Hebrew: 'שלב', Chinese: '步骤|步驟'},
};
const wordForStep = Object.values(wordsForStep).join('|');
const numberWord = 'one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve';
const numeral = '[一二三四五六七八九十]{1,3}';
const label = new RegExp(
  `^${markup}(?:(?:${wordForStep})(?:\\s{0,4}#?\\d+[a-z]?(?:/\\d+)?|\\s{1,4}(?:${numberWord})|\\s*${numeral})|` +
    `第\\s*(?:\\d+|${numeral})\\s*步|\\d{1,3}\\s?단계)` +
    '(?:\\s?\\([^()]{1,60}\\))?(?:[*_}\\s]*(?:[:.)\\]：、，]|[-–—]\\s)|[*_\\s]*\\}|[*_}\\s]*$)',
  'iu',
);
const numbered = /^(?:\*\*)?\(?(\d{1,3})[.)](?:\s|\*\*)/;
const conclusion =
  /^[\s#*_>-]*(?:(?:so|thus|hence|therefore)[,\s]\s*)?(?:the\s+|our\s+)?(?:final\s+)?answer\b|^[\s#*_>-]*(?:最终)?答案/i;

/**
 * Cuts a text before every line that begins with a label `Step <number>:`, or, if there is none, at the items of a
 * numbered list; and before a paragraph that says the answer. White space around a piece, and with it the indentation of
 * the label, is left out.
 *
 * @param text - any text
 * @param wholes - where no label counts: in code and LaTeX environments
 * @returns the pieces in order; the first is what stands before the first label and may be empty
 */
export function labelledRanges(text: string, wholes: readonly TextRange[]): TextRange[] {
  const isInside = insideOf(wholes);
  const lines = [...lineRanges(text)].filter(({start}) => !isInside(start));
  const lineAt = ({start, end}: TextRange) => text.slice(start, end);
  const labelled = lines.filter(line => label.test(lineAt(line)));
  const steps = labelled.length > 0 ? labelled : listItems(lines, lineAt);
  const first = steps[0]?.start ?? Number.POSITIVE_INFINITY;
  const conclusions = lines.filter((line, index) => {
    const before = lines[index - 1];
    return before && line.start > first && isBlank(lineAt(before)) && conclusion.test(lineAt(line));
  });
  const starts = [0, ...new Set([...steps, ...conclusions].map(({start}) => start))].sort((a, b) => a - b);
  return starts.map((start, index) => trimmedRange(text, start, starts[index + 1] ?? text.length));
}

/** The items of a list that counts from 1 on, not those of lists in it. */
function listItems(lines: readonly TextRange[], lineAt: (line: TextRange) => string): TextRange[] {
  let next = 1;
  const items = lines.filter(line => {
    const isNext = Number(numbered.exec(lineAt(line))?.[1]) === next;
    next += Number(isNext);
    return isNext;
  });
  return items.length > 1 ? items : [];
}
