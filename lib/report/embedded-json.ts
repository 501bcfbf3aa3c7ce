/**
 * Writes JSON that can stand in a script element: no `<`, so that no text can end the element or begin a comment.
 * Surrogates that stand alone are escaped by `JSON.stringify` already.
 */
export function embeddedJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<\u2028\u2029]/gu,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
