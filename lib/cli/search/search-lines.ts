import type {Input} from '../../runs/input/open-input.js';
import {inputRecords} from '../../runs/input/records.js';
import type {Run} from '../../runs/run.js';
import type {SearchEvent} from '../../search/search-types.js';
import type {Prompt} from '../../text/prompt.js';
import type {Output} from '../run/output.js';
import {RunProgress} from '../run/progress.js';
import {type RunCounts, runLines} from '../run/run-lines.js';
import type {ProgressDisplay} from '../terminal/progress-display.js';
import type {ProgressState} from '../terminal/progress-line.js';
import {type SearchFlags, searchOptionsOf} from './options.js';
import {type SearchTools, searchLine} from './search-line.js';
import type {RunSummary} from './searched-run.js';
import type {WatchDisplay} from './watch-display.js';

interface Searching {
  input: Input;
  output: Output;
  run: Run | undefined;
  flags: SearchFlags;
  signal: AbortSignal;
  display: ProgressDisplay;
  /** Shows each search, and the progress of all. */
  watch: WatchDisplay | undefined;
  /** Is given each result. */
  summary: RunSummary;
}

/** What a response takes as long as there was none. */
const usualTokens = 256;

/** Searches for the answers to all problems that the run has not answered yet. */
export async function searchLines(
  tools: SearchTools,
  {input, output, run, flags, signal, display, watch, summary}: Searching,
): Promise<RunCounts> {
  const {choose, tree = false, seed, count} = flags;
  const search = {...searchOptionsOf(flags), seed, signal};
  const shown = watch
    ? {show: (state: ProgressState) => watch.showProgress(state), clear: () => watch.clear()}
    : output.isTerminal
      ? undefined
      : display;
  let expected = count * usualTokens;
  const counts = await runLines(inputRecords(input, 'problem'), output, run, {
    resultOf: async (bytes, onProgress, number) => {
      const watcher = {
        begin: (prompt: Prompt) => watch?.begin(prompt),
        show: (event: SearchEvent) => {
          watch?.show(event);
          if (event.type === 'expanded') {
            const {generated} = event.usage;
            onProgress({tokens: generated, total: Math.max(expected, generated)});
          }
        },
      };
      const {text, usage} = await searchLine(tools, bytes, number - 1, {search, choose, tree, watcher});
      watch?.clear();
      summary.add(Buffer.from(text));
      expected = Math.max(1, usage.generated);
      onProgress({tokens: usage.generated, total: expected});
      return text;
    },
    keepGoing: flags.keepGoing ?? false,
    signal,
    progress: new RunProgress(shown, input, run?.lines ?? 0, 'problem', 'searching'),
  });
  display.clear();
  return counts;
}
