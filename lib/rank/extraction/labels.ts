import type {Candidate} from './candidate.js';

/** How much what stands behind a label is meant as the final answer. */
export type LabelStrength = 'label' | 'statement' | 'remark';

/** An answer behind a label, and which kind of label. */
export interface LabelledAnswer extends Candidate {
  strength: LabelStrength;
}

// Repetitions are bounded wherever one could give way to the next: the text may be a megabyte of spaces.
const adverb = '(?:(?:therefore|thus|hence|then|simply|just|indeed|clearly|exactly|precisely)\\s{1,4}){0,2}';
const gap = '[*_\\s]{0,8}';
const lead = '(?:(?:so|thus|hence|therefore|then|and|finally)[,\\s]{1,4}){0,2}';
const owner = '(?:(?:the|my|our|your|final|correct|right|short|numerical|complete|exact)\\s{1,4}){0,4}';
const otherLanguages =
  '最终答案|最终的答案|答案|解答|答え|回答|答|정답|답|réponse(?:\\s{1,4}finale)?|respuesta(?:\\s{1,4}final)?|resposta' +
  '|antwort|endantwort|risposta(?:\\s{1,4}finale)?|antwoord|ответ|відповідь|odpowiedź|odpověď|cevap|jawaban|đáp án|' +
  'svar|vastaus|válasz|απάντηση|उत्तर|الإجابة|الجواب|תשובה|คำตอบ';
/** `Answer:` at the beginning of a line or of a sentence, alone on its line if the colon is missing. */
const label = new RegExp(
  `(?:^[\\s#>*_\`~-]{0,12}(?:\\d{1,3}[.)]\\s{1,4})?|[.?!;。][*_]{0,3}\\s{1,4})(?:\\*\\*)?${lead}` +
    `(?:${owner}(?:answers?(?:\\s?\\([^()]{1,20}\\))?|ans\\b\\.?(?:\\s{1,4}is(?=\\s))?)|the\\s{1,4}(?:final\\s{1,4})?result|final\\s{1,4}result|${otherLanguages}|(?<=^[\\s*]{0,4})A(?=\\s?:))${gap}` +
    `(?:[:：=]|(?<=\\bans)\\.(?=\\s)|(?<=\\bans\\.)(?=\\s)|[-–—](?=\\s)|(?=\\$|\\\\\\[|\\\\\\()|$)${gap}(.*)$`,
  'iu',
);
const heading = new RegExp(`^[\\s#>*_\`~-]{0,12}${owner}(?:answer|solution|result)s?[*_:：\\s]{0,8}$`, 'iu');
/** `the answer is`, with a few words between. */
const statement = new RegExp(
  `\\b(?:(?:the|my|our|your|final|correct|right)\\s{1,4}){1,3}(?:\\p{L}{1,20}\\s{1,4}){0,2}(?:answers?|option|choice)\\b` +
    `(?:[,\\s]{1,4}(?!(?:is|are|was|would|will|must|=)\\b)[\\p{L}\\p{N}$.'-]{1,20}){0,6}[,\\s]{1,4}` +
    `(?:is|are|was|would\\s{1,4}be|will\\s{1,4}be|must\\s{1,4}be|equals|=)(?![\\p{L}\\p{N}])${gap}[:：]?${adverb}`,
  'giu',
);
const foreignStatement =
  /(?:(?:答案|结果|正确选项)(?:就?是|为|應該是)|(?:la\s{1,4}(?:réponse|respuesta|risposta)|a\s{1,4}resposta|die\s{1,4}antwort|das\s{1,4}ergebnis|het\s{1,4}antwoord)(?:\s{1,4}\p{L}{1,12}){0,2}\s{1,4}(?:est|es|é|è|ist|lautet|is)|答えは|(?:정답|답)[은는]|ответ\s{0,2}[:—-])[*_\s]{0,8}[:：]?/giu;
const ofAnswer =
  /(.{1,200}?)\s{1,4}(?:is|are)\s{1,4}(?:the|our|my)\s{1,4}(?:\p{L}{1,10}\s{1,4}){0,2}(?:answer|solution)\b/iu;
/** What is said of a value, which may be the answer if nothing else is. */
const remark = new RegExp(
  `\\b(?:the|our|my)\\s{1,4}(?:\\p{L}{1,20}\\s{1,4}){0,3}(?:solutions?|results?|values?\\s{1,4}of\\s{1,4}[^\\s=]{1,20})` +
    `\\s{1,4}(?:is|are|equals|would\\s{1,4}be)(?![\\p{L}\\p{N}])${gap}[:：]?${adverb}`,
  'giu',
);
const interesting = new RegExp(
  `answer|\\bans\\b|\\bA\\s?[:：]|solution|result|value|option|choice|${otherLanguages}|结果|选项|ergebnis`,
  'iu',
);

/**
 * Finds what stands behind `Answer:`, under a heading, and behind `the answer is`, see {@link AnswerExtractor}. Takes
 * time linear in the text.
 *
 * @param text - any text
 * @returns the answers in order, without Markdown around them
 */
export function labelledAnswers(text: string): LabelledAnswer[] {
  const lines = [...text.matchAll(/[^\n\r\u2028\u2029]+/g)].map(({0: line, index}) => ({line, index}));
  return lines.flatMap(({line, index}) => {
    if (line.length > longestLine || !interesting.test(line)) {
      return line.length > longestLine ? onLongLine(line, index) : [];
    }

    return answersOn(line, place => below(text, index + place)).map(answer => ({
      ...answer,
      index: index + answer.index,
    }));
  });
}

const longestLine = 20_000;

/** No label stands so far from the end of such a line that only its end is looked at. */
function onLongLine(line: string, index: number): LabelledAnswer[] {
  const start = line.length - longestLine;
  return answersOn(line.slice(start), () => '').map(answer => ({
    ...answer,
    index: index + start + answer.index,
  }));
}

function answersOn(line: string, below: (place: number) => string): LabelledAnswer[] {
  const found: LabelledAnswer[] = [];
  const add = (strength: LabelStrength, start: number, rest: string) => {
    const answer = statedIn(/^\s*(?:\$\$|\\\[)?\s*$/.test(rest) ? below(start) : rest, strength);
    if (answer !== '' && !/^(?:not|n't|never|unclear|unknown)\b/i.test(answer)) {
      found.push({answer, index: start, strength});
    }
  };
  const behind = (pattern: RegExp, strength: LabelStrength) => {
    for (const {0: match, index} of line.matchAll(pattern)) {
      const start = index + match.length;
      const rest = line.slice(start);
      if (!/^\s*(?:the|my|our)\s+(?:\S+\s+){0,3}answer\b/i.test(rest)) {
        add(strength, start, sentence(rest));
      }
    }
  };
  for (const [start, rest] of labels(line)) {
    if (!new RegExp(statement.source, 'iu').test(rest)) {
      add('label', start, rest);
    }
  }

  behind(statement, 'statement');
  behind(foreignStatement, 'statement');
  behind(remark, 'remark');
  const [, formula] = ofAnswer.exec(line) ?? [];
  const last = formula && /(\$[^$]+\$|\\\(.+?\\\))$/.exec(formula)?.[1];
  if (last) {
    found.push({answer: last, index: line.indexOf(formula) + formula.length, strength: 'statement'});
  }

  return found;
}

/** The labels on a line, each with what stands behind it: up to the next. */
function labels(line: string): [number, string][] {
  const found: [number, string][] = [];
  let start = 0;
  for (let match = label.exec(line); match && found.length < 20; match = label.exec(line.slice(start))) {
    const rest = match[1]!;
    start = line.length - rest.length;
    found.push([start, rest]);
    if (rest === '') {
      break;
    }
  }

  return found;
}

/** A full stop ends a sentence only before a space: 3.14 has none. */
function sentence(text: string): string {
  return text.split(/(?<!\b[ap]\.m|\bvs)\.\s|。|[!?](?:\s|$)/i, 1)[0]!;
}

/** What stands below a heading: the next line that is not blank or a code fence, or the formula that begins there. */
function below(text: string, index: number): string {
  const rest = text
    .slice(index, index + 2000)
    .trimStart()
    .replace(/^```\w{0,20}[ \t]*\n\s*/, '');
  const displayed = /^\$\$\s*([^$]+?)\s*\$\$|^\\\[\s*([\s\S]+?)\s*\\\]/.exec(rest);
  const line = rest.split(/[\n\r]/, 1)[0]!;
  return displayed ? (displayed[1] ?? displayed[2])! : heading.test(line) ? '' : line;
}

const reason = /(?:,|\s)\s*(?:because|since|as|which|where|so|given that|by)\s/i;
const verb = /^.*\s(?:is|are|was|be|equals|to|by)\s+(?=[-−+$\\(\d])/i;

/** Of a sentence about the answer only the answer. */
function statedIn(text: string, strength: LabelStrength): string {
  const first = sentence(text);
  // Behind a label a sentence with a number is the answer, and what follows it is not.
  const stated = trimmed(strength === 'label' && !/\d/.test(first) ? text : first);
  const [before] = stated.split(reason, 1);
  const short = before !== undefined && before !== stated && isFormula(before) ? trimmed(before) : stated;
  // "The largest n is 34" behind a label.
  const value = strength === 'label' && isProse(short) ? short.replace(verb, '') : short;
  return trimmed(value.replace(/\s*(?:です|である|입니다|이다|요)$/u, ''));
}

const isProse = (text: string) =>
  (text.replace(/\$[^$]*\$|\\[A-Za-z]+/g, '').match(/\p{L}{2,}/gu)?.length ?? 0) > 2;
const isFormula = (text: string) => /[\d$\\=]|^\s*[A-J]\s*$/.test(text) && !isProse(text);

const markup = new Set('*_` \t"');

// By hand: a regular expression for characters at the end takes quadratic time where many of them stand elsewhere.
function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && markup.has(text[start]!)) {
    start++;
  }

  while (end > start && (markup.has(text[end - 1]!) || text[end - 1] === '.' || text[end - 1] === '。')) {
    end--;
  }

  return text
    .slice(start, end)
    .replace(/(?:\\n|\s*ки|\s*<\/?[a-z]{1,10}>)+$/u, '')
    .trim();
}
