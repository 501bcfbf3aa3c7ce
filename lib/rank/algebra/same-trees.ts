import type {ComputeEngine, Expression} from '@cortex-js/compute-engine';
import {keyOf} from '../equality/answer-key.js';
import type {AnswerTree} from '../equality/answer-tree.js';
import {areEqual, factorBetween, formulaOf, rootOf} from './formulas.js';

/** Tells by algebra whether two answers are the same that have been taken apart. */
export function sameTrees(engine: ComputeEngine, a: AnswerTree, b: AnswerTree): boolean {
  const same = (one: AnswerTree, other: AnswerTree): boolean =>
    keyOf(one) === keyOf(other) || sameKinds(engine, one, other, same);
  return same(a, b);
}

type Same = (a: AnswerTree, b: AnswerTree) => boolean;

function sameKinds(engine: ComputeEngine, a: AnswerTree, b: AnswerTree, same: Same): boolean {
  if (a.kind === 'list' && b.kind === 'list') {
    return (
      a.open === b.open &&
      a.close === b.close &&
      a.elements.length === b.elements.length &&
      a.elements.every((element, index) => same(element, b.elements[index]!))
    );
  }

  if ((a.kind === 'set' && b.kind === 'set') || (a.kind === 'union' && b.kind === 'union')) {
    return sameElements(a.elements, b.elements, same);
  }

  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    // A list that says one thing in two ways is that thing.
    if (one.kind === 'set' && one.isBare && one.elements.every(element => same(element, one.elements[0]!))) {
      return same(one.elements[0]!, other);
    }

    if (one.kind === 'equation' && one.named && other.kind !== 'equation') {
      return same(one.right, other);
    }

    if (one.kind === 'relation' && other.kind === 'list') {
      return isSolutionOf(engine, one, other, same);
    }
  }

  return sameFormulas(engine, a, b, same);
}

function sameFormulas(engine: ComputeEngine, a: AnswerTree, b: AnswerTree, same: Same): boolean {
  if (a.kind === 'equation' && b.kind === 'equation') {
    return (a.named && b.named && same(a.right, b.right)) || factorOf(engine, a, b) !== undefined;
  }

  if (a.kind === 'relation' && b.kind === 'relation') {
    const factor = a.operator === b.operator ? factorOf(engine, a, b) : undefined;
    return factor !== undefined && (factor > 0 || a.operator === '\\ne');
  }

  const [left, right] = [formula(engine, a), formula(engine, b)];
  return left !== undefined && right !== undefined && areEqual(left, right);
}

/** No order, and nothing twice. */
function sameElements(a: readonly AnswerTree[], b: readonly AnswerTree[], same: Same): boolean {
  const isIn = (element: AnswerTree, list: readonly AnswerTree[]) => list.some(other => same(element, other));
  return a.every(element => isIn(element, b)) && b.every(element => isIn(element, a));
}

type Sides = AnswerTree & {kind: 'equation' | 'relation'};

function factorOf(engine: ComputeEngine, a: Sides, b: Sides): number | undefined {
  const [left, right] = [difference(engine, a), difference(engine, b)];
  return left && right && factorBetween(left, right);
}

function difference(engine: ComputeEngine, {left, right}: Sides): Expression | undefined {
  const [minuend, subtrahend] = [formula(engine, left), formula(engine, right)];
  return minuend && subtrahend && minuend.sub(subtrahend);
}

/** The solution of -x > -1 is the interval of all x < 1. */
function isSolutionOf(
  engine: ComputeEngine,
  relation: AnswerTree & {kind: 'relation'},
  list: AnswerTree,
  same: Same,
): boolean {
  const formula = difference(engine, relation);
  const solution = formula && relation.operator !== '\\ne' ? rootOf(formula) : undefined;
  if (!solution) {
    return false;
  }

  const bound: AnswerTree = {kind: 'leaf', text: String(solution.root)};
  const isClosed = relation.operator === '\\le';
  return same(
    list,
    solution.isRising
      ? {
          kind: 'list',
          open: '(',
          close: isClosed ? ']' : ')',
          elements: [{kind: 'leaf', text: '-\\infty'}, bound],
        }
      : {
          kind: 'list',
          open: isClosed ? '[' : '(',
          close: ')',
          elements: [bound, {kind: 'leaf', text: '\\infty'}],
        },
  );
}

function formula(engine: ComputeEngine, tree: AnswerTree): Expression | undefined {
  return tree.kind === 'leaf' ? formulaOf(engine, tree.text) : undefined;
}
