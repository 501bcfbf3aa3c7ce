import type {AnswerTree} from './answer-tree.js';
import {separatorTokens, splitOutsideBrackets, withoutBrackets} from './brackets.js';
import {matrixRows} from './matrices.js';
import {textEnd, textStart} from './plain-answer.js';
import {parseRelation} from './relations.js';
import {optionLetter} from './words.js';

/** Answers longer than this, or nested deeper, are compared as texts: nobody means a tuple by them. */
const longest = 10_000;
const deepest = 8;

const word = (words: string) =>
  `,? ?(?:${textStart} ?,? ?(?:${words}) ?${textEnd}|(?<=[ )\\]}\\d])(?:${words})(?=[ (\\[\\\\${textStart}]|[A-Za-z]\\b)) ?`;
// Commas between thousands part nothing, unless there is a bracket around the list.
const thousands = '(?<![\\d.])\\d{1,3}(?:,\\d{3})+(?!\\d)';
const alternatives = separatorTokens(`;|${word('or')}`);
const bareElements = separatorTokens(`${word('and')}|,`, thousands);
const bracketedElements = separatorTokens('[,;]');
const unions = separatorTokens('\\\\cup(?![A-Za-z])');

/** Takes an answer apart: sets, tuples, intervals, matrices, equations and inequalities, down to its formulas. */
export function parseAnswer(text: string): AnswerTree {
  return text.length > longest ? {kind: 'leaf', text} : parseList(text, 0);
}

function parseList(text: string, depth: number): AnswerTree {
  const groups = splitOutsideBrackets(text, alternatives);
  if (!groups || depth > deepest) {
    return {kind: 'leaf', text};
  }

  const elements = groups.parts.map(part =>
    (splitOutsideBrackets(part, bareElements)?.parts ?? [part]).flatMap(element =>
      bothSigns(element.trim()).map(one => parseElement(one, depth)),
    ),
  );
  const isOfSolutions =
    elements.length > 1 && elements.every(group => group.length > 1 && group.every(isNamed));
  const all = isOfSolutions
    ? elements.map((group): AnswerTree => ({kind: 'list', open: '(', close: ')', elements: group}))
    : elements.flat();
  if (all.length === 1) {
    return all[0]!;
  }

  const areRanges = !isOfSolutions && !/[([]/.test(text) && all.every(isRange);
  return areRanges && groups.separators.length === all.length - 1
    ? {kind: 'union', elements: all}
    : {kind: 'set', isBare: true, elements: all};
}

const isNamed = (tree: AnswerTree) => tree.kind === 'equation' && tree.named;
const isRange = (tree: AnswerTree) => tree.kind === 'list' && tree.elements.length === 2;

/** `1 \pm \sqrt2` is two answers. */
function bothSigns(text: string): string[] {
  const inside = withoutBrackets(text)?.inside ?? '';
  if ((splitOutsideBrackets(inside, bracketedElements)?.parts.length ?? 1) > 1) {
    return [text];
  }

  const signs = text.match(/\\(?:pm|mp)(?![A-Za-z])/g);
  return signs?.length === 1
    ? [text.replace(signs[0], '+'), text.replace(signs[0], '-')].map(one =>
        one.replace(/(^|[=({,] ?)\+ ?/, '$1'),
      )
    : [text];
}

const isOnlyText = new RegExp(`^${textStart}([^${textStart}${textEnd}]*)${textEnd}$`);

function parseElement(marked: string, depth: number): AnswerTree {
  const text = isOnlyText.exec(marked)?.[1]?.trim() ?? marked;
  const relation = parseRelation(text, side => parseElement(side, depth + 1));
  if (relation) {
    return relation;
  }

  const union = splitOutsideBrackets(text, unions)?.parts ?? [];
  if (union.length > 1) {
    return {kind: 'union', elements: union.map(part => parseElement(part.trim(), depth + 1))};
  }

  const rows = matrixRows(text);
  if (rows) {
    const elements = rows.map(row =>
      bracketed(
        '[',
        ']',
        row.map(cell => parseElement(cell, depth + 1)),
      ),
    );
    return bracketed('[', ']', elements);
  }

  return depth > deepest ? {kind: 'leaf', text} : parseBracketed(text, depth);
}

const bracketed = (open: string, close: string, elements: AnswerTree[]): AnswerTree => ({
  kind: 'list',
  open,
  close,
  elements,
});

function parseBracketed(text: string, depth: number): AnswerTree {
  const brackets = withoutBrackets(text);
  const letter = optionLetter(text);
  if (!brackets || letter) {
    return {kind: 'leaf', text: letter ?? text};
  }

  const {open, close, inside} = brackets;
  const parts = splitOutsideBrackets(inside, bracketedElements)!.parts.map(part => part.trim());
  if (open.endsWith('{') && close.endsWith('}')) {
    const elements = parts.flatMap(bothSigns).map(part => parseElement(part, depth + 1));
    // {5} is a group of LaTeX, \{5\} a set.
    return elements.length === 1 && open === '{' ? elements[0]! : {kind: 'set', isBare: false, elements};
  }

  // (5) is 5; but [5] is something else.
  return parts.length === 1 && open === '(' && close === ')'
    ? parseList(parts[0]!, depth + 1)
    : bracketed(
        open,
        close,
        parts.map(part => parseElement(part, depth + 1)),
      );
}
