// Best of N: a model answers N times, the pair says which answer is best.
//
//   npx tsx examples/best-of-n.ts 'Compute 9 + 3 + 10 + (5 - 4)' 8

import process from 'node:process';
import {bundledPair, openPair, rankResponses, vote} from 'implicit-prm';
import {getLlama, LlamaChatSession} from 'node-llama-cpp';

const [prompt = 'Compute 9 + 3 + 10 + (5 - 4)', n = '8'] = process.argv.slice(2);

// These models are so small that a GPU, or a second thread, only makes them slower. Leave this out for real ones.
const small = {gpu: false, threads: 1} as const;

// Any chat model can be the generator. The reference is a natural one: it wrote what the policy learnt to judge.
const llama = await getLlama({gpu: small.gpu, build: 'never'});
const model = await llama.loadModel({modelPath: bundledPair().reference});
const context = await model.createContext({threads: small.threads});
// This model knows of no system prompt, and would be put off by the default one.
const chat = new LlamaChatSession({contextSequence: context.getSequence(), systemPrompt: ''});

const responses: string[] = [];
for (let seed = 1; seed <= Number(n); seed++) {
  chat.resetChatHistory();
  // At temperature 0 all answers would be the same.
  responses.push(await chat.prompt(prompt, {temperature: 1, seed, maxTokens: 256}));
}

// Both libraries run llama.cpp, side by side in one process. The prompt is evaluated once for all answers.
const pair = await openPair({...bundledPair(), ...small});
const ranked = await rankResponses(pair, {prompt, responses});
for (const {index, score, answer} of ranked) {
  console.log(`answer number ${index + 1}: ${answer}, score ${score.toFixed(2)}`);
}

console.log(`\nbest of ${n}:\n${ranked[0]!.response}`);
// A wrong answer that was sampled often loses to a right one that the pair trusts more.
console.log(`\nweighted vote: ${vote(ranked, {by: 'weighted'}).answer}`);
console.log(`majority: ${vote(ranked, {by: 'majority'}).answer}`);
await pair.close();
await llama.dispose();
