import {NativeTrainer} from '../engine/native/native-trainer.js';
import {openPair} from '../pair/open-pair.js';
import type {TrainTools} from './train.js';

/** Trains with the addon: the base is opened once to tokenise, and again, for as long as it takes, to be trained. */
export const nativeTools: TrainTools = {
  async openTokeniser({base, rendering, templateArguments, date, signal, onLog}) {
    // As it is scored. Nothing is evaluated, so the smallest context will do.
    const smallest = {gpu: false, contextSize: 32, batchSize: 32} as const;
    const text = {rendering, templateArguments, date};
    const pair = await openPair({policy: base, ...smallest, ...text, signal, onLog});
    const {name, contextLength} = pair.info.policy;
    return {tokeniser: pair.tokeniser, name, contextLength, close: async () => pair.close()};
  },
  openTrainer: async options => NativeTrainer.open(options),
};
