import {Command} from 'commander';
import {z} from 'zod';
import {BestOfNTally} from '../../eval/best-of-n/tally.js';
import {bestOfNTask, readBestOfNResult} from '../../eval/best-of-n/task.js';
import {bootstrapShape} from '../../eval/bootstrap.js';
import type {PairOptions} from '../../pair/pair-options.js';
import type {Algebra} from '../../rank/algebra/algebra.js';
import type {AnswerExtractor} from '../../rank/extraction/answer-extractor.js';
import type {StepSplitter} from '../../steps/step-splitter.js';
import {escapeJson} from '../../utils/escape-json.js';
import {interruptible} from '../interruptible.js';
import {pairOptionsOf} from '../options/pair.js';
import {parseAnswerExtractor, parseSplit} from '../options/scoring.js';
import {type SymbolicFlags, symbolicOption, withAlgebra} from '../options/symbolic.js';
import {tellSkipped} from '../run/run-lines.js';
import {withKeptResults} from '../run/with-files.js';
import {createChalk, writeStdout} from '../terminal/stdout.js';
import {checkRecords} from './check-records.js';
import {addEvalOptions, type EvalFlags, requireUsage} from './options.js';
import {type EvalOutcome, evalOutcome} from './outcome.js';
import {readEvalResults} from './read-results.js';
import {scoreRecords} from './score-records.js';
import {formatBestOfN} from './tables/best-of-n.js';
import {withScorer} from './with-scorer.js';

interface BestOfNFlags extends EvalFlags, SymbolicFlags {
  split?: StepSplitter;
  incomplete?: true;
  answer?: AnswerExtractor;
}

/** Makes the command `eval best-of-n`: how often the right answer is chosen among N. */
export function evalBestOfNCommand(): Command {
  const command = new Command('best-of-n')
    .description('Measure how often process rewards choose the right answer among N responses.')
    .argument(
      '[file]',
      'problems {prompt, reference, responses: [text or {text, answer?, correct?, complete?}]}',
    )
    .usage('[options] <file | ->')
    .option(
      '--split <how>',
      'where steps begin: blank-line (if left out), line, step-label, step-mark, string:TEXT (with \\n, \\t) or regex:PATTERN',
      parseSplit,
    )
    .option(
      '--answer <where>',
      'where answers stand: boxed, answer-line, hash-marks (####), answer-tag, last-value, last-number or regex:PATTERN; the last of the first four if left out',
      parseAnswerExtractor,
    )
    .addOption(symbolicOption())
    .option('--incomplete', 'responses have not come to their end, unless one says "complete": true');
  return addEvalOptions(command, ['split', 'answer', 'symbolic', 'incomplete']).action(
    async (file: string | undefined, flags: BestOfNFlags) => {
      const {color} = command.optsWithGlobals<{color: boolean}>();
      requireUsage(file, flags, command);
      const pairOptions = file === undefined ? undefined : pairOptionsOf(flags, command);
      await interruptible(async signal => {
        const tally = new BestOfNTally();
        const {source, counts} = pairOptions
          ? await withAlgebra(flags, async algebra =>
              score(file!, {...flags, algebra}, {...pairOptions, signal}, tally),
            )
          : await readResults(flags, signal, tally);
        if (source) {
          const results = {...source, ...tally.evaluate(z.object(bootstrapShape).parse(flags))};
          await writeStdout(
            flags.json
              ? `${escapeJson(JSON.stringify(results, null, 2))}\n`
              : formatBestOfN(results, createChalk(color)),
          );
        }

        tellSkipped(counts, 'problem');
      });
    },
  );
}

async function readResults(
  flags: BestOfNFlags,
  signal: AbortSignal,
  tally: BestOfNTally,
): Promise<EvalOutcome> {
  const task = bestOfNTask(flags);
  return readEvalResults(flags.fromResults!, task, signal, bytes => tally.add(readBestOfNResult(bytes)));
}

async function score(
  file: string,
  flags: BestOfNFlags & {algebra: Algebra | undefined},
  pairOptions: PairOptions & {signal: AbortSignal},
  tally: BestOfNTally,
): Promise<EvalOutcome> {
  const {signal} = pairOptions;
  const task = bestOfNTask(flags);
  return withKeptResults(file, flags, signal, async (input, output) => {
    await checkRecords(file, task, flags, signal);
    return withScorer(pairOptions, flags, async tools => {
      const counts = await scoreRecords(input, output, task, {flags, tools, signal}, bytes =>
        tally.add(readBestOfNResult(bytes)),
      );
      return evalOutcome(input.name, task, counts, {flags, tools});
    });
  });
}
