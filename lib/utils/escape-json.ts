/**
 * Escapes what JSON allows raw but others stumble over: control characters that a terminal obeys (U+007F to U+009F)
 * and the line separators U+2028 and U+2029, at which some readers of JSON lines cut. Means the same as before.
 *
 * @param json - JSON, in which such characters can only stand in strings
 */
export function escapeJson(json: string): string {
  return json.replace(
    /[\u007F-\u009F\u2028\u2029]/gu,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
