import {NativeTrainer} from '../engine/native/native-trainer.js';
import {openPair} from '../pair/open-pair.js';
import type {TrainTools} from './train.js';

/** Trains with the addon: the base is opened once to tokenise, and again, for as long as it takes, to be trained. */
export const nativeTools: TrainTools = {
  async openTokeniser({base, signal, onLog}) {
    // As it is scored. Nothing is evaluated, so the smallest context will do.
    const pair = await openPair({policy: base, gpu: false, contextSize: 32, batchSize: 32, signal, onLog});
    const {name, contextLength} = pair.info.policy;
    return {tokeniser: pair.tokeniser, name, contextLength, close: async () => pair.close()};
  },
  openTrainer: async options => NativeTrainer.open(options),
};
