import type {ConversationTokeniser} from '../../text/conversation-tokeniser.js';
import type {TokenisedResponse} from '../../text/tokenised-response.js';
import type {Objective} from '../objectives/objective.js';
import type {CollectedPrompt, CollectedPrompts, UsableResponse} from './collect-prompts.js';
import {grouped} from './grouped.js';
import type {TrainingExample, TrainingSet} from './training-set.js';
import {countUnused} from './unused-reason.js';

/** What tokenises: the text that is learned from is the one that is scored. */
export type Tokeniser = Pick<ConversationTokeniser, 'tokenise'>;

/** How prompts are tokenised. */
export interface TokenisePromptsOptions {
  objective: Objective;
  /** The most tokens that prompt and response may have. */
  maxLength: number;
  signal?: AbortSignal | undefined;
}

/** Turns responses into tokens, and leaves out what is too long for the model, or of no use to the objective. */
export async function tokenisePrompts(
  tokeniser: Tokeniser,
  {prompts, records, unused: before}: CollectedPrompts,
  {objective, maxLength, signal}: TokenisePromptsOptions,
): Promise<TrainingSet> {
  const unused = {...before};
  const examples: TrainingExample[] = [];
  const groups: number[][] = [];
  for (const prompt of prompts) {
    signal?.throwIfAborted();
    const tokenised = await tokenisePrompt(tokeniser, prompt, signal);
    const fitting = tokenised.filter(({tokens, from}) => tokens.length <= maxLength && from > 0);
    const usable = usableFor(objective, fitting);
    countUnused(unused, 'tooLong', tokenised.length - fitting.length);
    countUnused(unused, objective.paired ? 'unpaired' : 'wrong', fitting.length - usable.length);
    if (usable.length > 0) {
      groups.push(usable.map((_, index) => examples.length + index));
      examples.push(...usable.map(example => ({...example, group: groups.length - 1})));
    }
  }

  return {examples, groups, unused, records};
}

type Untied = Omit<TrainingExample, 'group'>;

async function tokenisePrompt(
  tokeniser: Tokeniser,
  {responses}: CollectedPrompt,
  signal: AbortSignal | undefined,
): Promise<Untied[]> {
  // The prompts differ in white space at most, but do.
  const bunches = grouped(responses, ({prompt, complete}) => JSON.stringify([prompt, complete]));
  const tokenised = new Map<UsableResponse, TokenisedResponse>();
  for (const bunch of bunches.values()) {
    const {prompt, complete} = bunch[0]!;
    const texts = bunch.map(({text}) => text);
    const results = await tokeniser.tokenise(prompt, texts, {complete, allowSpecialTokens: false, signal});
    for (const [index, response] of bunch.entries()) {
      tokenised.set(response, results[index]!);
    }
  }

  return responses.map(response => {
    const {tokens, promptLength, starts} = tokenised.get(response)!;
    return {...response, tokens, from: promptLength, starts};
  });
}

function usableFor(objective: Objective, examples: readonly Untied[]): readonly Untied[] {
  const right = examples.filter(({correct}) => correct);
  if (!objective.usesReference) {
    return right;
  }

  const isPaired = right.length > 0 && right.length < examples.length;
  return objective.paired && !isPaired ? [] : examples;
}
