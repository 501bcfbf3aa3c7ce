import {z} from 'zod';
import {InvalidInputError} from '../errors/invalid-input-error.js';
import type {Pair} from '../pair/pair.js';
import {scoreSteps} from '../score/score-steps.js';
import type {Prompt} from '../text/prompt.js';
import {check} from '../utils/check.js';
import type {AnswerExtractor} from './extraction/answer-extractor.js';
import {extractAnswer} from './extraction/extract-answer.js';
import type {RankedResponse, RankInput, RankOptions} from './rank-types.js';

// What is passed on to scoreSteps is checked there.
const inputSchema = z.strictObject({
  prompt: z.custom<Prompt>(value => value !== undefined, 'expected a prompt'),
  responses: z.array(z.string()).min(1),
  answers: z.array(z.string().nullable()).optional(),
  complete: z.boolean().optional(),
});
const optionsSchema = z.looseObject({extractAnswer: z.custom<AnswerExtractor>().optional()});

/**
 * Scores several responses to one prompt and puts the best first: best-of-N sampling as in arXiv 2412.01981, section 4.
 * The score is the lowest step reward unless `aggregate` and `scoreBy` say otherwise, the paper's choice.
 *
 * Responses with the same score stay in the order of the input, so the result is the same every time. {@link bestOf}
 * takes the first; {@link vote} lets the answers vote.
 *
 * @param pair - an open pair
 * @param input - a prompt, the responses, and their answers if you have them
 * @param options - as for `scoreSteps`, and where to find the answers
 * @returns all responses in descending order of their scores
 * @throws {@link InvalidInputError} before any model runs, also if there are not as many answers as responses; else as
 * `scoreSteps`, and whatever an extractor function throws
 */
export async function rankResponses(
  pair: Pair,
  input: RankInput,
  options: RankOptions = {},
): Promise<RankedResponse[]> {
  const {answers, ...scoreInput} = check(inputSchema, input, "rankResponses' input");
  const {extractAnswer: how, ...scoreOptions} = check(optionsSchema, options, "rankResponses' options");
  const {responses} = scoreInput;
  if (answers && answers.length !== responses.length) {
    throw new InvalidInputError(
      `There have to be as many answers as responses, but there are ${answers.length} answers and ` +
        `${responses.length} responses. A response without an answer has the answer null.`,
    );
  }

  // Before the models run, so that an extractor that fails costs nothing.
  const found = answers ?? responses.map(response => extractAnswer(response, how));
  const scored = await scoreSteps(pair, scoreInput, scoreOptions);
  return scored
    .map((response, index) => ({index, answer: found[index]!, ...response}))
    .sort((a, b) => b.score - a.score);
}
