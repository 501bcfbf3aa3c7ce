// Controls (a terminal would obey them), halves of surrogate pairs, line separators, and the marks that turn the
// direction of text around.
const unprintable = /[\p{Cc}\p{Cs}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]/gu;
const shortForms: Record<string, string> = {
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
};

/**
 * Makes a text from anywhere safe to print: one line, in which nothing moves the cursor or changes colours.
 *
 * @param text - any text
 * @returns the text with control characters written as `\n` or `\u{1b}`
 */
export function printable(text: string): string {
  return text.replace(
    unprintable,
    character => shortForms[character] ?? `\\u{${character.charCodeAt(0).toString(16)}}`,
  );
}
