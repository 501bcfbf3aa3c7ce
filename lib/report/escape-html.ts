const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Makes text into HTML that shows it. A surrogate that stands alone becomes U+FFFD, as a file could not hold it. */
export function escapeHtml(text: string): string {
  return text.toWellFormed().replace(/[&<>"']/gu, character => entities[character]!);
}
