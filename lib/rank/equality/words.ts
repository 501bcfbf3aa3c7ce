import {textEnd, textStart} from './plain-answer.js';

const words = (list: string) => new Set(list.split(' '));

/** Short words of units; longer ones are taken for units anyway, since no product of variables has four letters. */
const units = words(
  'cm mm km dm nm kg mg ml mL cl dl ft mi yd lb lbs oz hr hrs min mins sec secs ms mph kmh rad deg sq cu per of the ' +
    'in inch day men cup box way set kW MW Hz kHz MHz Pa kPa kJ kcal cal mol atm amp usd USD eur EUR cents bit',
);
/** Symbols of units of one letter, which are units only beside others or where they are set as text. */
const symbols = words('m s g h L l N J W V A K C F');
/** Words behind a number that change it, so they are no units. */
const changing = words(
  'pi sqrt squared cubed factorial half halves third thirds fourth fourths quarter quarters fifth fifths sixth ' +
    'sixths eighth eighths tenth tenths hundredth hundredths thousandths hundred hundreds thousand thousands million ' +
    'millions billion billions trillion dozen dozens pairs and or mod modulo base to by less more over times plus ' +
    'minus choose not no none percent sin cos tan sec csc cot log ln exp lim max min gcd lcm arcsin arccos arctan ' +
    'sinh cosh tanh theta alpha beta gamma delta omega lambda sigma phi infinity inf root power negative only ' +
    'am pm noon midnight remainder',
);
const powersOfTen: Readonly<Record<string, number>> = {
  ...{hundred: 2, thousand: 3, million: 6, billion: 9, trillion: 12},
};

/** No quantity is longer. */
const longest = 500;

const exponent = '(?: ?\\^ ?\\{? ?[23] ?\\}?)?';
const trailingText = new RegExp(
  `^([\\s\\S]*[^\\s=<>+\\-*/^_({,:]) ?(?:${textStart}([^${textEnd}]*)${textEnd}${exponent} ?)+$`,
);
const trailingWords = new RegExp(
  `^([^A-Za-z]*(?:\\\\(?:frac|sqrt|pi|times|cdot)(?![A-Za-z])[^A-Za-z]*)*[\\d.})])( ?)([A-Za-z][A-Za-z ./-]*)${exponent}$`,
);
const marks = new RegExp(`[${textStart}${textEnd}]`, 'g');

/** Takes the marks off what is set as text, and leaves the text. */
export function withoutMarks(text: string): string {
  return text.replace(marks, '').replace(/ {2,}/g, ' ');
}

/**
 * Takes the unit off a quantity, as the convention of the MATH data set is: `5 \text{ cm}` is 5. Words that change the
 * number stay: two thirds, 5 squared, 3 dozen. `5 million` is written out, and `%` and its words become one sign.
 *
 * @param text - a formula, number or word as `plainAnswer` writes it
 * @returns the same without its unit
 */
export function withoutUnit(text: string): string {
  if (text.length > longest) {
    return withoutMarks(text);
  }

  const percent = text.replace(percentWord, ' %');
  if (percent !== text) {
    return withoutMarks(percent).trim();
  }

  const million = withoutMarks(text).match(
    /^([-+]?\d+(?:\.\d+)?) (hundred|thousand|million|billion|trillion)$/i,
  );
  if (million) {
    return `${million[1]}e${powersOfTen[million[2]!.toLowerCase()]}`;
  }

  return withoutClock(withoutTextUnit(text) ?? withoutWordUnit(text) ?? withoutMarks(text));
}

const percentWord = new RegExp(
  `(?<=[\\d})]) ?(?:${textStart} ?)?(?:%|per ?cent(?:age)?|pct)(?: points?)?(?: ?${textEnd})?$`,
  'i',
);

function withoutTextUnit(text: string): string | undefined {
  const [, quantity, unit] = trailingText.exec(text) ?? [];
  const isUnit =
    unit !== undefined &&
    /[A-Za-z]/.test(unit) &&
    // \mathrm{e} and \mathrm{i} are numbers.
    !/^ ?[eijd] ?$/.test(unit) &&
    !isTimeOfDay(unit) &&
    !unit.split(/[^A-Za-z]+/).some(word => changing.has(word.toLowerCase()) && word.toLowerCase() !== 'min');
  return isUnit && /\d|\\/.test(quantity!) && !quantity!.includes(textStart) ? quantity!.trim() : undefined;
}

function withoutWordUnit(text: string): string | undefined {
  const [, quantity, space, unit] = trailingWords.exec(withoutMarks(text)) ?? [];
  if (unit === undefined || isTimeOfDay(unit)) {
    return undefined;
  }

  const parts = unit.split(/[ ./-]+/).filter(part => part !== '');
  const isCompound = parts.length > 1 && unit.includes('/');
  const areUnits = parts.every(
    part =>
      (units.has(part) ||
        (space !== '' && /^[A-Za-z]{4,}$/.test(part)) ||
        (isCompound && symbols.has(part))) &&
      (!changing.has(part.toLowerCase()) || part === 'min'),
  );
  return areUnits ? quantity!.trim() : undefined;
}

const isTimeOfDay = (unit: string) => /^ ?[ap]\.? ?m\b/i.test(unit);

/** A time without a word is one of the afternoon: 4:30 p.m. is 4:30, and 4:30 a.m. is not. */
function withoutClock(text: string): string {
  return text.replace(/(?<=\d) *p\.? ?m\.?$/i, '').replace(/(?<=\d) *a\.? ?m\.?$/i, ' am');
}

/** The letter of `(D)`, of `(D) 17`, `D)` and of option D: an option of multiple choice, perhaps with what it says. */
export function optionLetter(text: string): string | undefined {
  const [, bracketed, marked] =
    /^(?:(?:(?:[Oo]ption|[Cc]hoice) +)?\( ?([A-J]) ?\)(?:[.:]? +\S.*)?|(?:[Oo]ption +|[Cc]hoice +)?([A-J])(?:[.):] +\S.*|\)?))$/.exec(
      withoutMarks(text).trim(),
    ) ?? [];
  return bracketed ?? marked;
}
