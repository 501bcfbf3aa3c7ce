import process from 'node:process';
import {Command} from 'commander';
import type {LocalGeneratorOptions, RemoteGeneratorOptions} from '../../generate/generator-options.js';
import type {OpenGenerator} from '../../generate/open-generator.js';
import type {Pair} from '../../pair/pair.js';
import type {PairOptions} from '../../pair/pair-options.js';
import type {Input} from '../../runs/input/open-input.js';
import {escapeJson} from '../../utils/escape-json.js';
import {interruptible} from '../interruptible.js';
import {openGeneratorShowing, openPairShowing} from '../run/open-models.js';
import type {Output} from '../run/output.js';
import {type RunCounts, tellSkipped} from '../run/run-lines.js';
import {withFiles} from '../run/with-files.js';
import {withRun} from '../run/with-run.js';
import {ProgressDisplay} from '../terminal/progress-display.js';
import {createChalk, writeStdout} from '../terminal/stdout.js';
import {searchIdentity} from './identity.js';
import {
  addSearchOptions,
  generatorOptionsOf,
  requireUsage,
  type SearchFlags,
  searchPairOf,
} from './options.js';
import {searchLines} from './search-lines.js';
import {RunSummary, readSearchedRun} from './searched-run.js';
import {formatSearches, type SearchedRun} from './table.js';
import {WatchDisplay} from './watch-display.js';

interface ModelOptions {
  pair: PairOptions;
  generator: LocalGeneratorOptions | RemoteGeneratorOptions;
}

/** Makes the command `search`: problems in, the best answers that a generator and a pair find out. */
export function searchCommand(): Command {
  const command = new Command('search')
    .description('Search for answers to problems: a model writes, the pair judges every step as it comes.')
    .argument('[file]', 'JSON lines of {prompt, reference?}; .gz or not; - or nothing: stdin')
    .usage('[options] [problems.jsonl | -]');
  return addSearchOptions(command).action(async (file: string | undefined) => {
    const flags = command.optsWithGlobals<SearchFlags>();
    requireUsage(file, flags, command);
    const models = flags.fromResults ? undefined : modelOptionsOf(flags, command);
    await interruptible(async signal =>
      models
        ? searchFile(file, flags, models, signal)
        : printTable(await readAll(flags.fromResults!, signal), flags, true),
    );
  });
}

function modelOptionsOf(flags: SearchFlags, command: Command): ModelOptions {
  const pair = searchPairOf(flags, command);
  return {pair, generator: generatorOptionsOf(flags, pair, command)};
}

async function searchFile(
  file: string | undefined,
  flags: SearchFlags,
  models: ModelOptions,
  signal: AbortSignal,
): Promise<void> {
  await withFiles(file, flags, signal, async (input, output) => {
    const summary = new RunSummary();
    const counts = await searchAll(input, output, flags, {models, signal, summary});
    // What earlier processes wrote is in it too.
    const run =
      output.file === undefined
        ? summary.summary(input.name, counts.skipped)
        : counts.lines > counts.skipped
          ? await readSearchedRun(output.file, signal)
          : undefined;
    if (run && !flags.shard && !(flags.quiet && output.file === undefined)) {
      await printTable([run], flags, output.file !== undefined);
    }

    tellSkipped(counts, 'problem', 'answered');
  });
}

async function searchAll(
  input: Input,
  output: Output,
  flags: SearchFlags,
  {models, signal, summary}: {models: ModelOptions; signal: AbortSignal; summary: RunSummary},
): Promise<RunCounts> {
  const {quiet = false, verbose = false} = flags;
  const display = new ProgressDisplay(!quiet && !verbose);
  let pair: Pair | undefined;
  let generator: OpenGenerator | undefined;
  let watch: WatchDisplay | undefined;
  try {
    // White space at an end is the model's own here.
    pair = await openPairShowing({...models.pair, signal}, flags, display, ['WHITE_SPACE_SCORED']);
    generator = await openGeneratorShowing({...models.generator, signal}, flags, display);
    const tools = {pair, generator};
    watch = flags.watch && new WatchDisplay(pair.info.beta, flags.color);
    const identify = async () => searchIdentity(tools.pair.info, tools.generator.info, flags);
    return await withRun(output, flags, identify, signal, async run => {
      const counts = await searchLines(tools, {input, output, run, flags, signal, display, watch, summary});
      return run ?? counts;
    });
  } finally {
    display.clear();
    watch?.clear();
    await generator?.close();
    await pair?.close();
  }
}

async function readAll(files: readonly string[], signal: AbortSignal): Promise<SearchedRun[]> {
  const runs: SearchedRun[] = [];
  for (const file of files) {
    runs.push(await readSearchedRun(file, signal));
  }

  return runs;
}

/** Prints to stderr where the results themselves go to stdout. */
async function printTable(
  runs: readonly SearchedRun[],
  {json, color}: SearchFlags,
  toStdout: boolean,
): Promise<void> {
  const text = json
    ? `${escapeJson(JSON.stringify(runs, null, 2))}\n`
    : formatSearches(runs, createChalk(color && toStdout));
  if (toStdout) {
    await writeStdout(text);
  } else {
    process.stderr.write(text);
  }
}
