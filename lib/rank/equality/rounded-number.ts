import {Fraction} from 'fraction.js';

/** Decimals fewer than these, or digits, are no rounding of anything in particular. */
const fewestDecimals = 3;
const fewestDigits = 3;
/** An irrational number takes more digits to be recognised. */
const fewestIrrationalDigits = 6;
const mostDecimals = 18;
const denominators = [3, 6, 7, 9, 11, 12];

/**
 * Finds the number that a decimal was rounded from: 0.333 from 1/3, 3.14159 from π. A decimal of three decimals or more
 * counts as a fraction with one of the denominators 3, 6, 7, 9, 11 and 12 if it is that fraction rounded; one of six
 * digits or more as a multiple of π or a square root.
 *
 * @param number - exactly what the decimal says
 * @returns the key of what it was rounded from; `undefined` if it is none
 */
export function roundedFrom(number: Fraction): string | undefined {
  const decimals = decimalsOf(number.d);
  const digits = number.n.toString().length;
  if (
    decimals === undefined ||
    decimals < fewestDecimals ||
    digits < fewestDigits ||
    decimals > mostDecimals
  ) {
    return undefined;
  }

  const unit = 10n ** BigInt(decimals);
  const scaled = number.s * number.n * (unit / number.d);
  for (const denominator of denominators) {
    const numerator = roundedQuotient(scaled * BigInt(denominator), unit);
    if (scaled === roundedQuotient(numerator * unit, BigInt(denominator))) {
      return new Fraction(numerator, BigInt(denominator)).toFraction();
    }
  }

  return scaled.toString().replace('-', '').length < fewestIrrationalDigits
    ? undefined
    : irrationalFrom(Number(scaled) / Number(unit), decimals);
}

/** How many decimals a number has that are the last to differ from 0; `undefined` if they never end. */
function decimalsOf(denominator: bigint): number | undefined {
  let unit = 1n;
  for (let decimals = 0; decimals <= mostDecimals; decimals++, unit *= 10n) {
    if (unit % denominator === 0n) {
      return decimals;
    }
  }

  return undefined;
}

/** Halves away from 0. */
function roundedQuotient(dividend: bigint, divisor: bigint): bigint {
  const doubled = 2n * (dividend < 0n ? -dividend : dividend) + divisor;
  const quotient = doubled / (2n * divisor);
  return dividend < 0n ? -quotient : quotient;
}

function irrationalFrom(value: number, decimals: number): string | undefined {
  const sign = value < 0 ? '-' : '';
  const size = Math.abs(value);
  const isRounded = (exact: number) => exact.toFixed(decimals) === size.toFixed(decimals);
  const square = Math.round(size ** 2);
  if (square <= 10_000 && isRounded(Math.sqrt(square)) && !Number.isInteger(Math.sqrt(square))) {
    return `${sign}\\sqrt${square < 10 ? square : `{${square}}`}`;
  }

  const multiple = Math.round((size / Math.PI) * 12);
  if (multiple <= 1200 && isRounded((multiple / 12) * Math.PI)) {
    const {n, d} = new Fraction(multiple, 12);
    const factor = n === 1n ? '' : n;
    return `${sign}${factor}\\pi${d === 1n ? '' : `/${d}`}`;
  }

  return undefined;
}
