const names: Readonly<Record<string, string>> = {'\n': '↵', '\r': '␍', '\t': '⇥', ' ': '␣'};

/** Text with its white space and its control and direction characters made visible, for a tooltip. */
export function visibleText(text: string): string {
  return text.replace(
    /[\s\p{Cc}\p{Cf}\p{Cs}]/gu,
    character =>
      names[character] ?? `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`,
  );
}
