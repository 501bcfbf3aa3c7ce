import {type Command, Option} from 'commander';
import {type GpuChoice, gpuChoices} from '../../engine/gpu-choice.js';
import {bundledPair} from '../../pair/bundled-pair.js';
import type {PairOptions} from '../../pair/pair-options.js';
import {positiveNumber, wholeNumber} from './numbers.js';
import {addRenderingOptions, type RenderingFlags} from './rendering.js';

/** The options of the command line that say which pair to open and how. */
export interface PairFlags extends RenderingFlags {
  policy?: string;
  reference?: string;
  lora?: string;
  tokenizer?: string;
  bundled?: true;
  beta?: number;
  gpu?: GpuFlag;
  gpuLayers?: number;
  threads?: number;
  contextSize?: number;
  batchSize?: number;
  cacheSize?: number;
  memoryLimit?: number;
  kvCacheType?: 'f32' | 'f16' | 'q8_0';
  flashAttention?: 'on' | 'off';
  isolate?: true;
  modelsDir?: string;
}

/** What `--gpu` is given: a {@link GpuChoice} by its name, `off` for `false`. */
export type GpuFlag = Exclude<GpuChoice, false> | 'off';

/** Where a model is to be evaluated. */
export function gpuOption(description = 'where to compute; auto if left out'): Option {
  return new Option('--gpu <gpu>', description).choices(gpuChoices.map(choice => choice || 'off'));
}

/** With how many threads of the CPU. */
export function threadsOption(): Option {
  return new Option(
    '--threads <number>',
    'CPU threads; as many as the model has use for if left out',
  ).argParser(wholeNumber(1, 512));
}

/** The option of the API that `--gpu` stands for. */
export function gpuOf(flag: GpuFlag | undefined): GpuChoice | undefined {
  return flag === 'off' ? false : flag;
}

/**
 * Adds the options of {@link PairFlags} to a command.
 *
 * @returns the command
 */
export function addPairOptions(command: Command): Command {
  return addRenderingOptions(addModelOptions(command));
}

function addModelOptions(command: Command): Command {
  return command
    .option(
      '--policy <model>',
      'the policy: a GGUF file, a URI such as hf:user/model:Q8_0, or http://host:8000#model at a server',
    )
    .option('--reference <model>', 'the model that the policy was trained from')
    .option('--lora <file>', 'a LoRA adapter (GGUF) to apply to the policy')
    .option('--tokenizer <file>', 'for models at a server: a GGUF with their tokenizer and template')
    .addOption(
      new Option('--bundled', 'use the arithmetic pair of this package').conflicts([
        'policy',
        'reference',
        'lora',
      ]),
    )
    .option(
      '--beta <number>',
      'β, the reward of one nat; of the policy’s metadata, else 0.05',
      positiveNumber,
    )
    .addOption(gpuOption())
    .option('--gpu-layers <number>', 'layers to put on the GPU; all if left out', wholeNumber(0))
    .addOption(threadsOption())
    .option('--context-size <tokens>', 'the most tokens of a prompt and a response', wholeNumber(2))
    .option(
      '--batch-size <tokens>',
      'tokens evaluated at once; what suits the device if left out',
      wholeNumber(32, 16_384),
    )
    .option(
      '--cache-size <tokens>',
      'tokens kept between calls; what costs little if left out',
      wholeNumber(0),
    )
    .option(
      '--memory-limit <MiB>',
      'what both models may take together; no limit if left out',
      wholeNumber(1),
    )
    .addOption(
      new Option('--kv-cache-type <type>', 'how keys and values are kept; f16 if left out').choices([
        'f32',
        'f16',
        'q8_0',
      ]),
    )
    .addOption(
      new Option('--flash-attention <on|off>', 'on a GPU on if left out, on a CPU off').choices([
        'on',
        'off',
      ]),
    )
    .option('--isolate', 'run the engine in a process of its own, so that no fault of it ends this one')
    .option('--models-dir <folder>', 'where downloaded models are kept');
}

/**
 * Makes the options of the command line into those of `openPair`.
 *
 * @param flags - as commander parsed them
 * @param command - to report wrong combinations with
 */
export function pairOptionsOf(flags: PairFlags, command: Command): PairOptions {
  const {bundled, gpu, flashAttention, modelsDir, isolate, policy, reference, lora, tokenizer} = flags;
  const {rendering, templateArguments, date} = flags;
  const {beta, gpuLayers, threads, contextSize, batchSize, cacheSize, memoryLimit, kvCacheType} = flags;
  if (!bundled && policy === undefined) {
    command.error("error: required option '--policy <model>' not specified (or use --bundled)");
  }

  if (kvCacheType === 'q8_0' && flashAttention === 'off') {
    command.error(
      "error: option '--kv-cache-type q8_0' needs flash attention: leave out '--flash-attention off'",
    );
  }

  return {
    ...(bundled ? bundledPair() : {policy: policy!, reference, lora}),
    tokenizer,
    beta,
    gpu: gpuOf(gpu),
    gpuLayers,
    threads,
    contextSize,
    batchSize,
    cacheSize,
    memoryLimit: memoryLimit && memoryLimit * 2 ** 20,
    kvCacheType,
    flashAttention: flashAttention && flashAttention === 'on',
    isolate,
    modelsDirectory: modelsDir,
    rendering,
    templateArguments,
    date,
  };
}
