const name = String.raw`(?:\w+:)?(?:think|thinking|thought|reason|reasoning)(?::\w+)?`;
const opening = new RegExp(
  String.raw`<${name}>|\[THINK\]|◁think▷|<\|channel>thought|<\|channel\|>analysis<\|message\|>|<\|START_THINKING\|>`,
  'giu',
);
const closing = new RegExp(
  String.raw`</${name}>|\[/THINK\]|◁/think▷|<channel\|>|<\|channel\|>final<\|message\|>|<\|END_THINKING\|>`,
  'giu',
);

const emptyBlock = new RegExp(`(?:${opening.source})\\s*(?:${closing.source})\\s*$`, 'iu');

/** A prompt without the empty thinking that it ends with: a response that brings its own takes its place. */
export function withoutEmptyThinking(prompt: string): string {
  return prompt.replace(emptyBlock, '');
}

/** Whether a text has begun to think and not ended. */
export function isThinkingOpen(text: string): boolean {
  return lastIndex(text, opening) > lastIndex(text, closing);
}

/** Whether a response begins with its thinking. */
export function beginsThinking(text: string): boolean {
  const [first] = text.matchAll(opening);
  return first !== undefined && text.slice(0, first.index).trim() === '';
}

/** How much of the response's beginning is what the prompt has already opened, such as `<think>` and a line end. */
export function openedByPrompt(prompt: string, response: string): number {
  const [first] = response.matchAll(opening);
  if (first === undefined || response.slice(0, first.index).trim() !== '') {
    return 0;
  }

  const [tag] = first;
  const written = prompt.trimEnd();
  if (!written.endsWith(tag)) {
    return 0;
  }

  const behind = prompt.slice(written.length);
  const end = first.index + tag.length;
  return end + commonSpace(behind, response.slice(end));
}

function commonSpace(behind: string, rest: string): number {
  let length = 0;
  while (length < behind.length && behind[length] === rest[length]) {
    length++;
  }

  return length;
}

function lastIndex(text: string, pattern: RegExp): number {
  let last = -1;
  for (const {index} of text.matchAll(pattern)) {
    last = index;
  }

  return last;
}
