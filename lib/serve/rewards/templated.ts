import type {Served} from '../served.js';
import {type Judged, type Judgement, judge} from './judge.js';
import {takeApart} from './templated-text.js';

/** A text that a chat template wrote and a model went on with, and where the answer begins if the sender says. */
export interface TemplatedInput {
  text: string;
  prompt?: string | undefined;
}

/** What to do with an answer before it is judged, such as finding the steps that the sender has marked in it. */
type Cut = (response: string) => readonly string[] | undefined;

/** Judges the last answers of texts that the model's chat template wrote. Special tokens in them are taken as such. */
export async function judgeTemplated(
  served: Served,
  inputs: readonly TemplatedInput[],
  signal: AbortSignal,
  cut: Cut = () => undefined,
): Promise<Judgement[]> {
  const {tokeniser} = served.pair;
  const turn = await tokeniser.assistantTurn(signal);
  const endings = tokeniser.inner.vocabulary.specialTokens.flatMap(({text, endsGeneration}) =>
    endsGeneration && text !== '' ? [text] : [],
  );
  const all = inputs.map(({text, prompt}): Judged => {
    const {prompt: raw, ...rest} = takeApart(text, turn, endings, prompt);
    return {prompt: {raw}, ...rest, steps: cut(rest.response), allowSpecialTokens: true};
  });
  return judge(served, all, signal);
}
