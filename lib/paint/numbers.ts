/** A number with a fixed number of digits and a true minus sign, `−0.00` written as 0. */
export function formatNumber(value: number, digits = 2): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}
