// Scores a response while it is written, and stops the writing at the first step that looks wrong.
//
//   npx tsx examples/stream.ts 'Compute 9 + 3 + 10 + (5 - 4)' 3

import process from 'node:process';
import {bundledPair, openPair} from 'implicit-prm';
import {getLlama, LlamaChatSession} from 'node-llama-cpp';

const [prompt = 'Compute 9 + 3 + 10 + (5 - 4)', seed = '3'] = process.argv.slice(2);
// Chosen for this pair on labelled traces, see docs/evaluation.md.
const threshold = 0.28;

// These models are so small that a GPU, or a second thread, only makes them slower. Leave this out for real ones.
const small = {gpu: false, threads: 1} as const;
const llama = await getLlama({gpu: small.gpu, build: 'never'});
const model = await llama.loadModel({modelPath: bundledPair().reference});
const context = await model.createContext({threads: small.threads});
const chat = new LlamaChatSession({contextSequence: context.getSequence(), systemPrompt: ''});

const pair = await openPair({...bundledPair(), ...small});
const session = pair.session(prompt);
const enough = new AbortController();
const scoring: Promise<void>[] = [];

async function score(step: string): Promise<void> {
  // The session scores one step after the other, in the order of these calls, while the next ones are written.
  const {text, reward, probability} = await session.append(step);
  console.log(`${reward.toFixed(2).padStart(6)} ${probability.toFixed(3)}  ${text}`);
  if (probability < threshold) {
    enough.abort();
  }
}

// Chunks end anywhere. A step ends with the blank line behind it, which belongs to it.
let unfinished = '';
await chat.prompt(prompt, {
  temperature: 1,
  seed: Number(seed),
  maxTokens: 256,
  signal: enough.signal,
  stopOnAbortSignal: true,
  onTextChunk(chunk) {
    const pieces = (unfinished + chunk).split(/(?<=\n\n)(?=\S)/u);
    unfinished = pieces.pop()!;
    scoring.push(...pieces.map(score));
  },
});
await Promise.all(scoring);

if (enough.signal.aborted) {
  console.log(`stopped: σ(Q) fell under ${threshold}`);
} else {
  await score(unfinished);
  const {score: lowest, reward} = await session.finish();
  console.log(`lowest reward ${lowest.toFixed(2)}, outcome reward ${reward.toFixed(2)}`);
}

await pair.close();
await llama.dispose();
