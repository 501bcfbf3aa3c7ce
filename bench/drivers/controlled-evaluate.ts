import {
  type ControlledEvaluateInputItem,
  getLlama,
  type Llama,
  type LlamaContextSequence,
  LlamaLogLevel,
  type Token,
} from 'node-llama-cpp';
import type {TokenSequence} from '../../lib/index.js';
import type {Driver, DriverOptions} from '../driver.js';
import type {BenchPair} from '../models.js';

/**
 * What `controlledEvaluate` is asked for: `logits`, no more than a log-probability takes (the target's, the greatest, and
 * the sum of exponentials), or the `probabilities` of the whole vocabulary, as its documentation shows it.
 */
export type AskedFor = 'logits' | 'probabilities';

/**
 * node-llama-cpp's `controlledEvaluate`. The state of the sequence is cut back to what the next response shares with the
 * last.
 */
export async function openControlledEvaluate(
  {policy, reference}: BenchPair,
  options: DriverOptions,
  askedFor: AskedFor,
): Promise<Driver> {
  const llama = await getLlama({
    gpu: false,
    build: 'never',
    logLevel: LlamaLogLevel.error,
    maxThreads: options.threads,
  });
  const models = [await openSequence(llama, policy, options), await openSequence(llama, reference, options)];
  return {
    reset: async () => {
      for (const sequence of models) {
        await sequence.clearHistory();
      }
    },
    run: async ({sequences}) => {
      const [policyLogprobs, referenceLogprobs] = [
        await evaluate(models[0]!, sequences, askedFor),
        await evaluate(models[1]!, sequences, askedFor),
      ];
      return {policy: policyLogprobs, reference: referenceLogprobs};
    },
    close: async () => llama.dispose(),
  };
}

async function openSequence(
  llama: Llama,
  modelPath: string,
  {threads, contextSize}: DriverOptions,
): Promise<LlamaContextSequence> {
  const model = await llama.loadModel({modelPath, gpuLayers: 0});
  const context = await model.createContext({contextSize, threads, sequences: 1});
  return context.getSequence();
}

async function evaluate(
  sequence: LlamaContextSequence,
  sequences: readonly TokenSequence[],
  askedFor: AskedFor,
): Promise<Float32Array[]> {
  const results = [];
  for (const {tokens, from} of sequences) {
    const all = Array.from(tokens) as Token[];
    // The token before the first target has to be evaluated again for its logits.
    await sequence.adaptStateToTokens(all.slice(0, from - 1), false);
    const known = sequence.nextTokenIndex;
    const input = all.slice(known, -1).map((token, index): ControlledEvaluateInputItem => {
      const target = known + index + 1;
      return target < from ? token : [token, {generateNext: request(all[target]!, askedFor)}];
    });
    const output = await sequence.controlledEvaluate(input);
    const logprobs = output.flatMap((item, index) => {
      if (item === undefined) {
        return [];
      }

      const target = all[known + index + 1]!;
      const {logits, totalLogitWeight, probabilities} = item.next;
      if (askedFor === 'probabilities') {
        return [Math.log(probabilities!.get(target)!)];
      }

      return [logits!.get(target)! - Math.max(...logits!.values()) - Math.log(totalLogitWeight!)];
    });
    results.push(Float32Array.from(logprobs));
  }

  return results;
}

function request(target: Token, askedFor: AskedFor) {
  // What it samples is of no interest, but logits and probabilities are those that are left after these.
  const options = {temperature: 1, topK: 0, topP: 1, minP: 0};
  return askedFor === 'probabilities'
    ? {probabilities: true, options}
    : {logits: {filter: {tokens: [target], includeTop: 1}}, totalLogitWeight: true, options};
}
