/** A number with a fixed number of digits and a true minus sign, `−0.00` written as 0. */
export function formatNumber(value: number, digits = 2): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** As {@link formatNumber}, with a plus sign for what is above 0. */
export function formatSigned(value: number, digits = 2): string {
  const text = formatNumber(value, digits);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/**
 * As {@link formatSigned}, with the hyphen of ASCII for a minus, as all numbers on a terminal have it.
 *
 * @param value - any number
 * @param places - after the point
 */
export function signed(value: number, places = 2): string {
  return formatSigned(value, places).replace('−', '-');
}

/** A whole number with its noun. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
