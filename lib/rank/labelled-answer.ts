// Repetitions are bounded wherever one could give way to the next: the text may be a megabyte of spaces.
const label = /^[\s#>*_`~-]*(?:(?:the|my|our|final|correct)\s{1,4}){0,3}answer[*_\s]{0,8}[:：](.*)$/isu;
const statement =
  /\b(?:the|my|our|final|correct)\s{1,4}(?:\p{L}{1,20}\s{1,4}){0,2}answer\s{1,4}is\b[*_\s]{0,8}[:：]?/giu;
const markup = new Set('*_` \t');

/**
 * Finds what stands behind `Answer:` or `the answer is`, see {@link AnswerExtractor}. Takes time linear in the text.
 *
 * @param text - any text
 * @returns the answer on the last line that has one, without Markdown around it; `null` if none has
 */
export function labelledAnswer(text: string): string | null {
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/).filter(line => /answer/i.test(line));
  for (const line of lines.reverse()) {
    const answer = answerOn(line);
    if (answer) {
      return answer;
    }
  }

  return null;
}

function answerOn(line: string): string | undefined {
  const rest = label.exec(line)?.[1];
  return stated(rest ?? line) ?? (rest && trimmed(rest));
}

function stated(line: string): string | undefined {
  const last = [...line.matchAll(statement)].at(-1);
  // A full stop ends the sentence only before a space: 3.14 has none.
  return last && trimmed(line.slice(last.index + last[0].length).split(/\.\s/, 1)[0]!);
}

// By hand: a regular expression for characters at the end takes quadratic time where many of them stand elsewhere.
function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && markup.has(text[start]!)) {
    start++;
  }

  while (end > start && (markup.has(text[end - 1]!) || text[end - 1] === '.')) {
    end--;
  }

  return text.slice(start, end).trim();
}
