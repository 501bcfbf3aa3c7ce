import type {EvalTask} from '../../eval/task.js';
import type {Input} from '../../runs/input/open-input.js';
import {inputRecords} from '../../runs/input/records.js';
import {isSkippedLine} from '../../runs/skipped-line.js';
import {escapeJson} from '../../utils/escape-json.js';
import type {Output} from '../run/output.js';
import {RunProgress} from '../run/progress.js';
import {type RunCounts, runLines} from '../run/run-lines.js';
import {takeRecords} from '../run/take-records.js';
import {withRun} from '../run/with-run.js';
import {evalIdentity} from './identity.js';
import type {EvalFlags} from './options.js';
import type {EvalScorer} from './with-scorer.js';

interface Context {
  flags: EvalFlags;
  tools: EvalScorer;
  signal: AbortSignal;
}

/**
 * Scores the records of a data set, and hands over what the tables need to know of each: also of those that an earlier
 * process scored. A shard's are not handed over.
 *
 * @param output - where results are kept; nothing if they are not
 * @param take - is given each result, as JSON
 * @returns how many records there were, and how many of them could not be scored
 */
export async function scoreRecords<Unscored>(
  input: Input,
  output: Output | undefined,
  task: EvalTask<Unscored>,
  {flags, tools, signal}: Context,
  take: (record: Uint8Array) => void,
): Promise<RunCounts> {
  const {scorer, rewards, progress: display, models} = tools;
  const options = (done: number) => ({
    resultOf: async (bytes: Uint8Array, onProgress: (progress: {tokens: number; total: number}) => void) => {
      const result = await task.score(task.read(bytes), scorer, rewards, {signal, onProgress});
      return escapeJson(JSON.stringify(result));
    },
    keepGoing: flags.keepGoing ?? false,
    signal,
    progress: new RunProgress(display, input, done, task.noun),
  });
  const records = inputRecords(input, task.noun);
  const file = output?.file;
  if (file === undefined) {
    const write = async (text: string) => {
      const bytes = Buffer.from(text);
      if (!isSkippedLine(bytes)) {
        take(bytes);
      }

      await output?.write(text);
    };
    return runLines(records, {write}, undefined, options(0));
  }

  const identify = async () => evalIdentity(task, models, rewards, flags);
  const counts = await withRun(output!, flags, identify, signal, async run => {
    await runLines(records, output!, run, options(run!.lines));
    return run!;
  });
  display.clear();
  if (!flags.shard) {
    await takeRecords(file, signal, take);
  }

  return counts;
}
