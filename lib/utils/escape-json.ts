/**
 * Escapes what JSON allows raw but others stumble over: control characters that a terminal obeys (U+007F to U+009F),
 * the line separators U+2028 and U+2029, at which some readers of JSON lines cut, and the marks that turn the direction of
 * text around, which make a terminal show something else than what is there. Means the same as before.
 *
 * @param json - JSON, in which such characters can only stand in strings
 */
export function escapeJson(json: string): string {
  return json.replace(
    /[\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
