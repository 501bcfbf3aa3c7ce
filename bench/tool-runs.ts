import {execFile} from 'node:child_process';
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {findRuntime} from '../lib/engine/native/find-runtime.js';
import type {Tools} from './build-tools.js';
import type {DriverOptions} from './driver.js';
import type {BenchPair} from './models.js';
import type {Workload} from './workload.js';

/** What the programs are told. */
export interface ToolOptions extends DriverOptions {
  /** Tokens evaluated at once. */
  batchSize: number;
}

const execute = promisify(execFile);
const directory = fileURLToPath(new URL('../build/bench', import.meta.url));

/** llama.cpp's own programs look for its backends in the folder they are started from. */
async function run(program: string, args: readonly string[]): Promise<{stdout: string; stderr: string}> {
  return execute(program, args, {cwd: findRuntime().backendsDirectory, maxBuffer: 2 ** 28});
}

/** Seconds that `llama_decode` takes for the engine's batches, both models together. */
export async function bareDecode(
  tools: Tools,
  pair: BenchPair,
  {sequences}: Workload,
  {batchSize, threads, contextSize}: ToolOptions,
): Promise<number> {
  mkdirSync(directory, {recursive: true});
  const file = join(directory, 'sequences.txt');
  writeFileSync(file, sequences.map(({tokens, from}) => `${from} ${tokens.join(' ')}\n`).join(''));
  const {libraries, backendsDirectory} = findRuntime();
  const settings = [batchSize, threads, contextSize, 1].map(String);
  let seconds = 0;
  for (const model of [pair.policy, pair.reference]) {
    const {stdout} = await run(tools.bareDecode, [model, file, ...settings, ...libraries, backendsDirectory]);
    seconds += Number(stdout);
  }

  return seconds;
}

/** Tokens per second of llama-batched-bench: a prompt alone, no logits but the last. */
export async function batchedBench(
  tools: Tools,
  model: string,
  tokens: number,
  {threads, batchSize}: ToolOptions,
): Promise<number> {
  const {stdout} = await run(tools.batchedBench, [
    ...[
      '-m',
      model,
      '-npp',
      String(tokens),
      '-ntg',
      '1',
      '-npl',
      '1',
      '-c',
      String(tokens + 64),
      '-fa',
      'off',
    ],
    ...['-t', String(threads), '-b', String(batchSize), '-ub', String(batchSize), '-ngl', '0'],
    ...['--output-format', 'jsonl'],
  ]);
  const line = stdout.split('\n').find(text => text.startsWith('{'));
  return (JSON.parse(line ?? '{}') as {speed_pp: number}).speed_pp;
}

/** Tokens per second of llama-perplexity, by its own count: chunks of text, with the logits of their second halves. */
export async function perplexity(
  tools: Tools,
  model: string,
  tokens: number,
  {prompt, responses}: Workload,
  {threads, batchSize}: ToolOptions,
): Promise<number> {
  const file = join(directory, 'text.txt');
  writeFileSync(file, [prompt, ...responses, ...responses, ...responses].join('\n'));
  const {stdout, stderr} = await run(tools.perplexity, [
    ...['-m', model, '-f', file, '-c', String(tokens), '--chunks', '1', '-fa', 'off', '-ngl', '0'],
    ...['-t', String(threads), '-b', String(batchSize), '-ub', String(batchSize)],
  ]);
  const found = /([\d.]+) seconds per pass/.exec(stdout + stderr);
  return tokens / Number(found?.[1]);
}
