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
 * node-llama-cpp's `controlledEvaluate`, asked for no more than a log-probability takes: the target's logit, the greatest,
 * and the sum of exponentials. The state of the sequence is cut back to what the next response shares with the last.
 */
export async function openControlledEvaluate(
  {policy, reference}: BenchPair,
  options: DriverOptions,
): Promise<Driver> {
  const llama = await getLlama({
    gpu: false,
    build: 'never',
    logLevel: LlamaLogLevel.error,
    maxThreads: options.threads,
  });
  const models = [await openSequence(llama, policy, options), await openSequence(llama, reference, options)];
  return {
    name: 'node-llama-cpp controlledEvaluate',
    reset: async () => {
      for (const sequence of models) {
        await sequence.clearHistory();
      }
    },
    run: async ({sequences}) => {
      const [policyLogprobs, referenceLogprobs] = [
        await evaluate(models[0]!, sequences),
        await evaluate(models[1]!, sequences),
      ];
      return {policy: policyLogprobs, reference: referenceLogprobs};
    },
    close: async () => llama.dispose(),
  };
}

async function openSequence(
  llama: Llama,
  modelPath: string,
  {threads, batchSize, contextSize}: DriverOptions,
): Promise<LlamaContextSequence> {
  const model = await llama.loadModel({modelPath, gpuLayers: 0});
  const context = await model.createContext({contextSize, batchSize, threads, sequences: 1});
  return context.getSequence();
}

async function evaluate(
  sequence: LlamaContextSequence,
  sequences: readonly TokenSequence[],
): Promise<Float32Array[]> {
  const results = [];
  for (const {tokens, from} of sequences) {
    const all = Array.from(tokens) as Token[];
    // The token before the first target has to be evaluated again for its logits.
    await sequence.adaptStateToTokens(all.slice(0, from - 1), false);
    const known = sequence.nextTokenIndex;
    const input = all.slice(known, -1).map((token, index): ControlledEvaluateInputItem => {
      const target = known + index + 1;
      return target < from ? token : [token, {generateNext: logitsOf(all[target]!)}];
    });
    const output = await sequence.controlledEvaluate(input);
    const logprobs = output.flatMap((item, index) => {
      if (item === undefined) {
        return [];
      }

      const {logits, totalLogitWeight} = item.next;
      const greatest = Math.max(...logits!.values());
      return [logits!.get(all[known + index + 1]!)! - greatest - Math.log(totalLogitWeight!)];
    });
    results.push(Float32Array.from(logprobs));
  }

  return results;
}

function logitsOf(target: Token) {
  return {
    logits: {filter: {tokens: [target], includeTop: 1}},
    totalLogitWeight: true,
    // What it samples is of no interest, but the logits are those that are left after these.
    options: {temperature: 1, topK: 0, topP: 1, minP: 0},
  };
}
