import type {Pair} from '../pair/pair.js';
import {joinSteps} from '../steps/join-steps.js';
import type {TextRange} from '../steps/ranges.js';
import type {Rendering, RenderingOptions} from '../text/rendering.js';
import {check} from '../utils/check.js';
import {scoreInputSchema, scoreOptionsSchema} from './score-schema.js';
import type {ScoreInput} from './score-types.js';

/** A token of what is scored, and the text it stands for. */
export interface ShownToken {
  /** Its number in the vocabulary. */
  id: number;
  /** Its text, with white space that it swallows; a character of several tokens is at the last of them, with U+FFFD else. */
  text: string;
  /** Whether no text makes it by itself, such as one that ends a turn. */
  isSpecial: boolean;
}

/** All that the models see of a prompt and a response. */
export interface ShownText {
  /** What the text was made as. */
  rendering: Rendering;
  /** The tokens before the response: seen and not scored. */
  prompt: ShownToken[];
  /** The response's own tokens, with the one that ends its turn: scored. */
  response: ShownToken[];
  /** What of the response is not scored, see `ScoredResponse`. */
  unscored: TextRange[];
}

/** The options of {@link showText}: those of `scoreSteps` that have to do with the text. */
export interface ShowTextOptions extends RenderingOptions {
  /** As in `scoreSteps`. */
  allowSpecialTokens?: boolean | undefined;
  /** Stops it; the promise is rejected with the signal's reason. */
  signal?: AbortSignal | undefined;
}

const optionsSchema = scoreOptionsSchema.pick({
  ...{allowSpecialTokens: true, rendering: true, templateArguments: true, date: true, signal: true},
});

/**
 * Shows what `scoreSteps` would score: the tokens of the prompt with all that the chat template puts around it, and those
 * of each response. No model is run.
 *
 * @param pair - an open pair
 * @param input - as for `scoreSteps`
 * @returns one for each response, in order
 * @throws {@link InvalidInputError}, {@link ChatTemplateError}
 */
export async function showText(
  pair: Pair,
  input: ScoreInput,
  options: ShowTextOptions = {},
): Promise<ShownText[]> {
  const {allowSpecialTokens, ...checked} = check(optionsSchema, options, "showText's options");
  const {prompt, response, responses, steps, complete} = check(scoreInputSchema, input, "showText's input");
  const texts = responses ?? [steps === undefined ? response! : joinSteps(steps, response).response];
  const shown: ShownText[] = [];
  for await (const {tokens, promptLength, pieces, rendering, unscored} of pair.tokeniser.tokeniseEach(
    prompt,
    texts,
    {...checked, complete, allowSpecialTokens, withPieces: true},
  )) {
    const all = Array.from(tokens, (id, index) => ({
      ...{id, text: pieces![index]!, isSpecial: pair.tokeniser.specialToken(id) !== undefined},
    }));
    shown.push({
      ...{rendering, unscored},
      prompt: all.slice(0, promptLength),
      response: all.slice(promptLength),
    });
  }

  return shown;
}
