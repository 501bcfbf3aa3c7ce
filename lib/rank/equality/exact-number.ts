import {Fraction} from 'fraction.js';

/** Longer ones are no answers that anybody counts with, and would take long to bring to lowest terms. */
const longest = 1000;
const highestExponent = 1000;

const fraction = /\\frac(?:\{([^{}/ ]+)\}|(\d))(?:\{([^{}/ ]+)\}|(\d))$/;
const quotient = /^(?:(?<whole>\d+) (?=\d+\/\d+$))?(?<dividend>[^/ ]+)(?:\/(?<divisor>[^/ ]+))?$/;
const decimal = new RegExp(
  [
    /^(?<sign>[+-]?)(?=\.?\d)(?<digits>\d{1,3}(?:,\d{3})+|\d*)/,
    /(?:\.(?<decimals>\d*)(?:\\overline\{?(?<period>\d+)\}?)?)?/,
    /(?:(?:e|(?:\\times|\\cdot|×|\*)10\^)\{?(?<exponent>[+-]?\d{1,4})\}?)?$/,
  ]
    .map(({source}) => source)
    .join(''),
  'i',
);

/**
 * Reads a number: a whole number with or without commas between thousands, a decimal, one with a period
 * (`0.\overline{3}`), with an exponent (`1e3`, `1\times10^{3}`), a fraction (`a/b`, `\frac{a}{b}`, `\frac12`) of these,
 * a mixed number (`1 1/2`, `1\frac12`), a whole power (`10^{3}`, `10^{-3}`), or a whole number with its base (`101_2`, `FF_{16}`). No arithmetic
 * beyond that.
 *
 * @param text - the text as {@link compactText} makes it
 * @returns the number, exactly; `undefined` if the text is none, divides by 0, is longer than 1000 characters or has an
 * exponent beyond ±1000
 */
export function exactNumber(text: string): Fraction | undefined {
  // A sign may stand before the whole and, in a fraction, before its parts, but not twice in one place.
  if (text.length > longest || /^[+-]{2}/.test(text)) {
    return undefined;
  }

  const special = inBase(text) ?? wholePower(text);
  if (special !== undefined) {
    return special;
  }

  const sign = text.startsWith('-') ? -1 : 1;
  const unsigned = text.replace(/^[+-]/, '').replace(fraction, ' $1$2/$3$4').trim();
  const {whole = '0', dividend, divisor = '1'} = quotient.exec(unsigned)?.groups ?? {};
  const above = decimalNumber(dividend);
  const below = decimalNumber(divisor);
  return above && below?.n ? above.div(below).add(whole).mul(sign) : undefined;
}

/** `101_2` is 5. An index that is no base, or whose digits are none of it, makes no number. */
function inBase(text: string): Fraction | undefined {
  const [, digits, index] = /^([\dA-F]+)_\{?(\d{1,2})\}?$/.exec(text) ?? [];
  const base = Number(index);
  const values = Array.from(digits ?? '', digit => Number.parseInt(digit, 16));
  // F_{16} and A_{12} may as well be the name of something.
  const isNumber = digits !== undefined && (base <= 10 || (base === 16 && digits.length > 1));
  if (!isNumber || base < 2 || values.some(value => value >= base)) {
    return undefined;
  }

  return new Fraction(values.reduce((value, digit) => value * BigInt(base) + BigInt(digit), 0n));
}

/** `10^{3}` is 1000, `10^{-3}` a thousandth, and `-2^2` is -4. */
function wholePower(text: string): Fraction | undefined {
  const [, minus, base, sign, power, digit] = /^(-?)(\d{1,3})\^(?:\{(-?)(\d{1,3})\}|(\d))$/.exec(text) ?? [];
  if (base === undefined || (sign && Number(base) === 0)) {
    return undefined;
  }

  const value = new Fraction(BigInt(base) ** BigInt((power ?? digit)!));
  return (sign ? value.inverse() : value).mul(minus ? -1 : 1);
}

function decimalNumber(text: string | undefined): Fraction | undefined {
  const groups = decimal.exec(text ?? '')?.groups;
  if (!groups) {
    return undefined;
  }

  const {sign, digits, decimals, period, exponent} = groups;
  const number = `${sign}${digits?.replaceAll(',', '') || '0'}.${decimals || (period ? '' : '0')}`;
  const mantissa = new Fraction(period ? `${number}(${period})` : number);
  return timesPowerOfTen(mantissa, Number(exponent ?? 0));
}

function timesPowerOfTen(mantissa: Fraction, exponent: number): Fraction | undefined {
  if (Math.abs(exponent) > highestExponent) {
    return undefined;
  }

  const power = 10n ** BigInt(Math.abs(exponent));
  return exponent < 0 ? mantissa.div(power) : mantissa.mul(power);
}
