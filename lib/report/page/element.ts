/** What an element may hold: text stays text. */
type Child = Node | string;

/**
 * Makes an element. The page makes all of its elements so, and none from markup.
 *
 * @param attributes - `null` and `false` for those to leave out, `true` for those without a value
 */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string | number | boolean | null>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) {
      made.setAttribute(name, value === true ? '' : String(value));
    }
  }

  made.append(...children);
  return made;
}
