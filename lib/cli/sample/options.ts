import {type Command, Option} from 'commander';
import type {LocalGeneratorOptions, RemoteGeneratorOptions} from '../../generate/generator-options.js';
import {addDrawingOptions, type DrawingFlags} from '../options/drawing.js';
import {addGeneratorOptions, type GeneratorFlags} from '../options/generator.js';
import {wholeNumber} from '../options/numbers.js';
import {type GpuFlag, gpuOf, gpuOption, threadsOption} from '../options/pair.js';
import {addTemplateOptions, type TemplateFlags} from '../options/rendering.js';
import {addRunOptions, type RunFlags} from '../options/run.js';
import {type SymbolicFlags, symbolicOption} from '../options/symbolic.js';
import {unescaped, unescapedText} from '../options/text.js';

/** The options of the command `sample`. */
export interface SampleFlags extends GeneratorFlags, DrawingFlags, SymbolicFlags, TemplateFlags, RunFlags {
  count: number;
  lora?: string;
  url?: string;
  tokenizer?: string;
  maxTokens?: number;
  stop?: string[];
  prefix?: string;
  gpu?: GpuFlag;
  gpuLayers?: number;
  threads?: number;
  contextSize?: number;
  modelsDir?: string;
  verbose?: true;
}

/**
 * Adds the options of `sample`.
 *
 * @returns the command
 */
export function addSampleOptions(command: Command): Command {
  const sampled = addDrawingOptions(addLengthOptions(addModelOptions(command)));
  return addRunOptions(sampled, 'where to write instead of stdout; compressed if its name ends with .gz')
    .option('--quiet', 'show no progress')
    .option('--verbose', 'print what llama.cpp logs to stderr')
    .addHelpText('after', notes);
}

function addModelOptions(command: Command): Command {
  const counted = command.option(
    '-n, --count <number>',
    'responses to each problem',
    wholeNumber(1, 4096),
    16,
  );
  const model = 'the model that writes: a GGUF file, or a URI such as hf:user/model:Q8_0';
  addGeneratorOptions(counted, '--url', model)
    .addOption(
      new Option(
        '--tokenizer <file>',
        'a GGUF with its tokenizer and template; the server’s own if left out',
      ).conflicts('model'),
    )
    .addOption(
      new Option('--lora <file>', 'a LoRA adapter (GGUF) to apply to it').conflicts([
        'url',
        'apiModel',
        'tokenizer',
      ]),
    )
    .addOption(gpuOption())
    .option('--gpu-layers <number>', 'layers to put on the GPU; as many as fit if left out', wholeNumber(0))
    .addOption(threadsOption())
    .option('--context-size <tokens>', 'the most tokens of a prompt and a response', wholeNumber(2))
    .option('--models-dir <folder>', 'where downloaded models are kept');
  return addTemplateOptions(command);
}

function addLengthOptions(command: Command): Command {
  return command
    .option('--max-tokens <number>', 'the most tokens of a response; what fits if left out', wholeNumber(1))
    .option('--stop <text>', 'end a response at this text, \\n for a new line; may be given again', collect)
    .option('--prefix <text>', 'what every response begins with', unescaped)
    .addOption(symbolicOption());
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
    gpu: gpuOf(gpu),
    gpuLayers,
    threads,
    contextSize,
    parallel,
    modelsDirectory: modelsDir,
    templateArguments,
    date,
  };
}

function collect(text: string, earlier: string[] = []): string[] {
  return [...earlier, unescapedText(text)];
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
