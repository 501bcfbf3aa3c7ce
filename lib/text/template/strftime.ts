const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/**
 * Writes a date as Python's `strftime` does in the C locale. The time is midnight, UTC.
 *
 * @param date - `YYYY-MM-DD`
 */
export function strftime(date: string, format: string): string {
  return format.replaceAll(/%(-?)([a-zA-Z%])/gu, (all, unpadded: string, directive: string) => {
    const text = written(new Date(`${date}T00:00:00Z`), directive) ?? all;
    return unpadded === '' ? text : text.replace(/^0+(?=\d)/u, '');
  });
}

function written(date: Date, directive: string): string | undefined {
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const weekday = days[date.getUTCDay()]!;
  const two = (value: number) => String(value).padStart(2, '0');
  const dayOfYear = Math.round((date.getTime() - Date.UTC(year, 0, 1)) / 86_400_000) + 1;
  const words: Record<string, string> = {
    a: weekday.slice(0, 3),
    A: weekday,
    b: months[month]!.slice(0, 3),
    B: months[month]!,
    d: two(day),
    e: String(day).padStart(2),
    D: `${two(month + 1)}/${two(day)}/${two(year % 100)}`,
    F: `${year}-${two(month + 1)}-${two(day)}`,
    H: '00',
    I: '12',
    j: String(dayOfYear).padStart(3, '0'),
    m: two(month + 1),
    M: '00',
    p: 'AM',
    S: '00',
    T: '00:00:00',
    u: String(date.getUTCDay() || 7),
    w: String(date.getUTCDay()),
    y: two(year % 100),
    Y: String(year),
    Z: 'UTC',
    z: '+0000',
    '%': '%',
  };
  return words[directive];
}
