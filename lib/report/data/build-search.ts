import {z} from 'zod';
import {promptSchema} from '../../score/score-schema.js';
import type {SearchTree} from '../../search/search-types.js';
import {check} from '../../utils/check.js';
import {colourScale, promptText, shown} from './build.js';
import {rightOrUnknown} from './response-labels.js';
import type {SearchData, SearchReportData} from './search-types.js';

const count = z.number().min(0);
const tree: z.ZodType<SearchTree> = z.object(
  {
    id: z.int().min(0),
    text: z.string(),
    reward: z.number().nullable(),
    q: z.number().nullable(),
    score: z.number().nullable(),
    count,
    state: z.literal(['open', 'pruned', 'finished', 'cut']),
    visits: count,
    children: z.array(z.lazy(() => tree)),
  },
  {
    error: ({input}) => (input === undefined ? 'expected the tree, as search --tree writes it' : undefined),
  },
);
const schema = z.object({
  id: z.unknown().optional(),
  prompt: promptSchema,
  reference: z.union([z.string(), z.number()]).nullish(),
  method: z.string(),
  n: z.int().min(1),
  ended: z.literal(['done', 'tokens', 'seconds']),
  answer: z.string().nullish(),
  correct: z.boolean().nullish(),
  usage: z.object({generated: count, evaluated: count, scored: count}),
  best: z.object({node: z.int().min(0), answer: z.string().nullish()}).nullable(),
  tree,
});

/** A line that `search --tree` wrote, or what a search returned with its prompt. */
export type SearchedLine = z.output<typeof schema>;

/**
 * Checks that a value is a search that a page can be made of.
 *
 * @param name - what to call it in the message
 * @throws {@link InvalidInputError} that names the first place that is wrong
 */
export function checkSearchedLine(value: unknown, name: string): SearchedLine {
  return check(schema, value, name);
}

/** Works out what a page shows of searches. */
export function buildSearchData(
  lines: readonly SearchedLine[],
): Pick<SearchReportData, 'searches' | 'scale'> {
  const sizes = lines.flatMap(line => rewardsOf(line.tree));
  return {
    searches: lines.map(toSearch),
    scale: colourScale(sizes, 0.9),
  };
}

function toSearch({id, prompt, reference, correct, best, ...line}: SearchedLine): SearchData {
  const answer = line.answer === undefined ? (best?.answer ?? null) : line.answer;
  return {
    ...line,
    answer,
    id: shown(id),
    prompt: promptText(prompt),
    reference: shown(reference),
    correct: correct ?? rightOrUnknown(answer, reference),
    best: best?.node ?? null,
  };
}

function rewardsOf({reward, children}: SearchTree): number[] {
  return [...(reward === null ? [] : [reward]), ...children.flatMap(rewardsOf)];
}
