import process from 'node:process';
import {Command} from 'commander';
import type {LocalGeneratorOptions, RemoteGeneratorOptions} from '../../generate/generator-options.js';
import type {TextGenerator} from '../../generate/text-generator.js';
import type {Algebra} from '../../rank/algebra/algebra.js';
import type {Input} from '../../runs/input/open-input.js';
import {inputRecords} from '../../runs/input/records.js';
import type {Run} from '../../runs/run.js';
import {interruptible} from '../interruptible.js';
import {drawingOf} from '../options/drawing.js';
import {requireFile} from '../options/run.js';
import {withAlgebra} from '../options/symbolic.js';
import {openGeneratorShowing} from '../run/open-models.js';
import type {Output} from '../run/output.js';
import {RunProgress} from '../run/progress.js';
import {type RunCounts, runLines, tellSkipped} from '../run/run-lines.js';
import {withFiles} from '../run/with-files.js';
import {withRun} from '../run/with-run.js';
import {ProgressDisplay} from '../terminal/progress-display.js';
import {sampleIdentity} from './identity.js';
import {addSampleOptions, generatorOptionsOf, type SampleFlags} from './options.js';
import {sampleLine} from './sample-line.js';
import {SampleTotals} from './totals.js';

/** The options, and what compares answers. */
type Flags = SampleFlags & {algebra: Algebra | undefined};
type GeneratorOptions = LocalGeneratorOptions | RemoteGeneratorOptions;

/** Makes the command `sample`: problems in, problems with responses out. */
export function sampleCommand(): Command {
  const command = new Command('sample')
    .description(
      'Sample responses to problems, each labelled by its final answer where the right one is known.',
    )
    .argument('[file]', 'JSON lines of {prompt, reference?}; .gz or not; - or nothing: stdin')
    .usage('[options] [problems.jsonl | -]');
  return addSampleOptions(command).action(async (file: string | undefined) => {
    const flags = command.optsWithGlobals<SampleFlags>();
    requireFile(flags, command);
    const options = generatorOptionsOf(flags, command);
    await interruptible(async signal => run(file, flags, {...options, signal}));
  });
}

async function run(
  file: string | undefined,
  flags: SampleFlags,
  options: GeneratorOptions & {signal: AbortSignal},
): Promise<void> {
  await withFiles(file, flags, options.signal, async (input, output) => {
    const counts = await withAlgebra(flags, async algebra =>
      sampleAll(input, output, {...flags, algebra}, options),
    );
    tellSkipped(counts, 'problem', 'answered');
  });
}

async function sampleAll(
  input: Input,
  output: Output,
  flags: Flags,
  options: GeneratorOptions & {signal: AbortSignal},
): Promise<RunCounts> {
  const {quiet = false, verbose = false} = flags;
  const {signal} = options;
  const display = new ProgressDisplay(!quiet && !verbose);
  const generator = await openGeneratorShowing(options, flags, display);
  try {
    const identify = async () => sampleIdentity(generator.info, flags);
    return await withRun(output, flags, identify, signal, async run => {
      const totals = new SampleTotals();
      const shown = output.isTerminal ? undefined : display;
      const progress = new RunProgress(shown, input, run?.lines ?? 0, 'problem', 'sampling');
      const counts = await sampleLines(generator, {input, output, run, flags, signal, progress, totals});
      display.clear();
      if (!quiet) {
        process.stderr.write(`implicit-prm: ${totals.text()}\n`);
      }

      return run ?? counts;
    });
  } finally {
    display.clear();
    await generator.close();
  }
}

interface Sampling {
  input: Input;
  output: Output;
  run: Run | undefined;
  flags: Flags;
  signal: AbortSignal;
  progress: RunProgress;
  totals: SampleTotals;
}

async function sampleLines(
  generator: TextGenerator,
  {input, output, run, flags, signal, progress, totals}: Sampling,
): Promise<RunCounts> {
  const {algebra, count: n, maxTokens, stop, prefix, seed} = flags;
  const drawing = {...drawingOf(flags), algebra, n, maxTokens, stop, prefix, seed};
  return runLines(inputRecords(input, 'problem'), output, run, {
    resultOf: async (bytes, onProgress, number) => {
      const expected = totals.expectedTokens(n);
      let parts = 0;
      const onText = () => {
        parts++;
        onProgress({tokens: parts, total: Math.max(expected, parts)});
      };
      const sampled = await sampleLine(generator, bytes, number - 1, {...drawing, signal, onText});
      totals.add(sampled);
      onProgress({tokens: sampled.usage.generated, total: sampled.usage.generated});
      return sampled.text;
    },
    keepGoing: flags.keepGoing ?? false,
    signal,
    progress,
  });
}
