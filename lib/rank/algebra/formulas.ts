import type {ComputeEngine, Expression} from '@cortex-js/compute-engine';
import {compactText} from '../equality/compact-text.js';
import {exactNumber} from '../equality/exact-number.js';
import {textEnd, textStart} from '../equality/plain-answer.js';
import {withoutMarks, withoutUnit} from '../equality/words.js';

/** Formulas longer than this are no answers, and would take long. */
const longest = 500;
/** Two values are equal if they differ by no more than this share of the greater. */
const tolerance = 1e-9;
/** Where formulas are compared, for the variables in alphabetical order: no special values, positive and not. */
const points = [0.7310585, 1.6180341, 2.2360681, 0.4342949, 1.2020569, 3.3598857, 0.9159656, 2.6854521];
const enoughPoints = 4;
/** Values beyond these are at the ends of what can be told apart; 0 may be one that is too small. */
const [least, greatest] = [1e-200, 1e200];

/**
 * Reads a formula.
 *
 * @param text - a leaf of an answer tree
 * @returns `undefined` for words, and for what the library cannot read
 */
export function formulaOf(engine: ComputeEngine, text: string): Expression | undefined {
  // \mathrm{e} is no word.
  const marked = text.replace(singleLetter, '$1');
  const plain = withoutUnit(marked);
  const number = exactNumber(compactText(plain));
  if (number) {
    return engine.parse(`\\frac{${number.s * number.n}}{${number.d}}`);
  }

  // Letters of a word are not variables: listen is not silent.
  const letters = plain.replace(/\\[A-Za-z]+/g, ' ');
  const isFormula =
    /[\d+\-*/^=\\]|^[A-Za-z]$/.test(plain) && !/[A-Za-z]{4}|%|\?/.test(letters) && plain.length <= longest;
  const hasWords = marked.includes(textStart) && plain === withoutMarks(marked);
  if (!isFormula || hasWords || unknownFunction.test(plain) || splitNumber.test(plain)) {
    return undefined;
  }

  const formula = engine.parse(plain.replace(/(?<![A-Za-z\\])d(?=[a-z])/g, 'd '));
  return formula.isValid ? formula : undefined;
}

const singleLetter = new RegExp(`${textStart} ?([A-Za-z]) ?${textEnd}`, 'g');
/** The library would read 1 2 as 12. */
const splitNumber = /(?<![_^\d]|\\[a-z]{1,10} ?)\d+\s+\d/;
/** f(x + 1) is not f times x + 1. */
const unknownFunction = /(?<![A-Za-z\\])[fghFGHP](?:_\{?\w\}?)? ?\(/;

/** Whether two formulas are equal for every value of their variables. */
export function areEqual(a: Expression, b: Expression): boolean {
  if (a.isSame(b)) {
    return true;
  }

  const compared = comparedAtPoints(a, b, (left, right) => isNear(left, right));
  return compared ?? a.simplify().isSame(b.simplify());
}

/**
 * Finds by what one formula has to be multiplied to make another.
 *
 * @returns a number that is the same for all values of the variables; `undefined` if there is none
 */
export function factorBetween(a: Expression, b: Expression): number | undefined {
  let factor: number | undefined;
  const isConstant = comparedAtPoints(a, b, (left, right) => {
    if (left.im !== 0 || right.im !== 0) {
      return false;
    }

    const ratio = right.re / left.re;
    const isSame =
      Number.isFinite(ratio) && ratio !== 0 && isNear({re: ratio, im: 0}, {re: factor ?? ratio, im: 0});
    factor ??= ratio;
    return isSame;
  });
  return isConstant ? factor : undefined;
}

/** Where a linear formula of one variable is 0 and how it rises there; `undefined` for any other. */
export function rootOf(formula: Expression): {root: number; isRising: boolean} | undefined {
  const [name, ...others] = formula.unknowns;
  if (name === undefined || others.length > 0) {
    return undefined;
  }

  const [x1, x2, x3] = points as [number, number, number];
  const [y1, y2, y3] = [x1, x2, x3].map(value => valueAt(formula, {[name]: value})?.re);
  if (y1 === undefined || y2 === undefined || y3 === undefined) {
    return undefined;
  }

  const slope = (y2 - y1) / (x2 - x1);
  const isLinear = slope !== 0 && isNear({re: y3, im: 0}, {re: y1 + slope * (x3 - x1), im: 0});
  // Of the digits those that are sure.
  const root = Number((x1 - y1 / slope).toFixed(12));
  return isLinear ? {root, isRising: slope > 0} : undefined;
}

interface Value {
  re: number;
  im: number;
}

/** `undefined` if the formulas have no values at enough points. */
function comparedAtPoints(
  a: Expression,
  b: Expression,
  compare: (a: Value, b: Value) => boolean,
): boolean | undefined {
  const names = [...new Set([...a.unknowns, ...b.unknowns])].sort();
  let compared = 0;
  for (let shift = 0; shift < points.length && compared < (names.length === 0 ? 1 : enoughPoints); shift++) {
    const at = Object.fromEntries(
      names.map((name, place) => [name, points[(shift + 3 * place) % points.length]!]),
    );
    const [left, right] = [valueAt(a, at), valueAt(b, at)];
    if (left && right) {
      compared++;
      if (!compare(left, right)) {
        return false;
      }
    }
  }

  return compared >= (names.length === 0 ? 1 : enoughPoints) ? true : undefined;
}

function valueAt(formula: Expression, at: Readonly<Record<string, number>>): Value | undefined {
  const {re, im} = formula.subs(at).N();
  const size = Math.hypot(re, im);
  return Number.isFinite(size) && size < greatest && size > least ? {re, im} : undefined;
}

function isNear(a: Value, b: Value): boolean {
  const difference = Math.hypot(a.re - b.re, a.im - b.im);
  return difference <= tolerance * Math.max(Math.hypot(a.re, a.im), Math.hypot(b.re, b.im));
}
