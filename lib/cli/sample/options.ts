import {type Command, InvalidArgumentError, Option} from 'commander';
import type {LocalGeneratorOptions, RemoteGeneratorOptions} from '../../generate/generator-options.js';
import type {AnswerExtractor} from '../../rank/extraction/answer-extractor.js';
import {numberFromZero, positiveNumber, share, wholeNumber} from '../options/numbers.js';
import {gpuOption} from '../options/pair.js';
import {addTemplateOptions, type TemplateFlags} from '../options/rendering.js';
import {addRunOptions, type RunFlags} from '../options/run.js';
import {parseAnswerExtractor} from '../options/scoring.js';
import {type SymbolicFlags, symbolicOption} from '../options/symbolic.js';

/** The options of the command `sample`. */
export interface SampleFlags extends RunFlags, SymbolicFlags, TemplateFlags {
  count: number;
  model?: string;
  lora?: string;
  url?: string;
  apiModel?: string;
  tokenizer?: string;
  temperature?: number;
  topP?: number;
  minP?: number;
  topK?: number;
  maxTokens?: number;
  stop?: string[];
  prefix?: string;
  seed: number;
  answer?: AnswerExtractor;
  allowSpecialTokens?: true;
  gpu?: 'auto' | 'cuda' | 'vulkan' | 'metal' | 'off';
  gpuLayers?: number;
  threads?: number;
  contextSize?: number;
  parallel?: number;
  modelsDir?: string;
  verbose?: true;
}

/**
 * Adds the options of `sample`.
 *
 * @returns the command
 */
export function addSampleOptions(command: Command): Command {
  const sampled = addDrawingOptions(addGeneratorOptions(command));
  return addRunOptions(sampled, 'where to write instead of stdout; compressed if its name ends with .gz')
    .option('--quiet', 'show no progress')
    .option('--verbose', 'print what llama.cpp logs to stderr')
    .addHelpText('after', notes);
}

function addGeneratorOptions(command: Command): Command {
  const ofThisProcess = ['url', 'apiModel', 'tokenizer'];
  command
    .option('-n, --count <number>', 'responses to each problem', wholeNumber(1, 4096), 16)
    .addOption(
      new Option(
        '--model <model>',
        'the model that writes: a GGUF file, or a URI such as hf:user/model:Q8_0',
      ).conflicts(ofThisProcess),
    )
    .addOption(new Option('--lora <file>', 'a LoRA adapter (GGUF) to apply to it').conflicts(ofThisProcess))
    .option('--url <url>', 'or a server with /v1/completions: vLLM, SGLang, llama-server')
    .option('--api-model <name>', 'the model’s name at the server; its first if left out')
    .option('--tokenizer <file>', 'a GGUF with its tokenizer and template; the server’s own if left out')
    .addOption(gpuOption())
    .option('--gpu-layers <number>', 'layers to put on the GPU; as many as fit if left out', wholeNumber(0))
    .option('--threads <number>', 'CPU threads', wholeNumber(1, 512))
    .option('--context-size <tokens>', 'the most tokens of a prompt and a response', wholeNumber(2))
    .option('--parallel <number>', 'responses written at once; 16 if left out', wholeNumber(1, 255))
    .option('--models-dir <folder>', 'where downloaded models are kept');
  return addTemplateOptions(command);
}

function addDrawingOptions(command: Command): Command {
  return command
    .option('--temperature <number>', '0 takes the likeliest; 1 if left out', numberFromZero)
    .option('--top-p <share>', 'draw from the likeliest with this probability together', aboveZero)
    .option('--min-p <share>', 'draw none with less than this share of the likeliest’s probability', share)
    .option('--top-k <number>', 'draw from this many of the likeliest', wholeNumber(1))
    .option('--max-tokens <number>', 'the most tokens of a response; what fits if left out', wholeNumber(1))
    .option('--stop <text>', 'end a response at this text, \\n for a new line; may be given again', collect)
    .option('--prefix <text>', 'what every response begins with', unescaped)
    .option('--seed <number>', 'the same seed gives the same responses', wholeNumber(0, 2 ** 31 - 1), 0)
    .option(
      '--answer <where>',
      'where answers stand: boxed, answer-line, hash-marks (####), answer-tag, last-value, last-number or regex:PATTERN',
      parseAnswerExtractor,
    )
    .addOption(symbolicOption())
    .option('--allow-special-tokens', 'take the texts of special tokens for these tokens');
}

/** Makes the options of the command line into those of `openGenerator`. */
export function generatorOptionsOf(
  flags: SampleFlags,
  command: Command,
): LocalGeneratorOptions | RemoteGeneratorOptions {
  const {model, lora, url, apiModel, tokenizer, gpu, gpuLayers, threads, contextSize, parallel, modelsDir} =
    flags;
  const {templateArguments, date} = flags;
  if (url !== undefined) {
    return {url, model: apiModel, tokenizer, templateArguments, date};
  }

  if (model === undefined) {
    command.error("error: required option '--model <model>' not specified (or use --url)");
  }

  return {
    model,
    lora,
    gpu: gpu === 'off' ? false : gpu,
    gpuLayers,
    threads,
    contextSize,
    parallel,
    modelsDirectory: modelsDir,
    templateArguments,
    date,
  };
}

function aboveZero(text: string): number {
  const value = positiveNumber(text);
  if (value > 1) {
    throw new InvalidArgumentError('It has to be a number above 0 and up to 1.');
  }

  return value;
}

function collect(text: string, earlier: string[] = []): string[] {
  if (text === '') {
    throw new InvalidArgumentError('It has to be a text with something in it.');
  }

  return [...earlier, unescaped(text)];
}

/** A shell makes it hard to write a line feed. */
function unescaped(text: string): string {
  return text.replace(/\\([nt\\])/gu, (_, letter) => ({n: '\n', t: '\t'})[letter as 'n' | 't'] ?? '\\');
}

const notes = `
A line of input is a problem, {"prompt": …} with a "reference" if the right answer is known; a line of output is the same
with "responses": [{text, answer, correct, complete, reason, tokens}], which score, eval best-of-n and train take.

The same seed gives the same responses on the same machine, also when resumed and whichever shard a problem is in. A
file given by --output gets each problem on the disk before the next is begun; --resume goes on behind the last.

A server's key is taken from the environment, IMPLICIT_PRM_API_KEY.

Exit codes: 0 all problems are done; 1 an error; 2 wrong use; 3 with --keep-going: some of them could not be answered;
129, 130, 143 stopped by SIGHUP, Ctrl-C or SIGTERM; 141 if the reader of stdout went away.
`;
