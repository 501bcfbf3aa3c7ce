import process from 'node:process';
import {CachedScorer} from '../../eval/scoring/cached-scorer.js';
import {pairFingerprint} from '../../eval/scoring/pair-fingerprint.js';
import {cacheDirectory, ScoreCache} from '../../eval/scoring/score-cache.js';
import type {StepsOptions} from '../../eval/scoring/steps-of.js';
import {describeModels} from '../../pair/describe-models.js';
import {locateModel} from '../../pair/locate-model.js';
import {openPair} from '../../pair/open-pair.js';
import type {Pair} from '../../pair/pair.js';
import type {PairOptions} from '../../pair/pair-options.js';
import {fileError} from '../../utils/file-error.js';
import {printable} from '../../utils/printable.js';
import {openProgressState} from '../terminal/open-progress.js';
import {ProgressDisplay} from '../terminal/progress-display.js';
import type {EvalFlags} from './options.js';

const notice =
  'implicit-prm: another evaluation of this pair is running: what it finds from now on is not seen by this one\n';

/** What an evaluation works with. */
export interface EvalScorer {
  scorer: CachedScorer;
  progress: ProgressDisplay;
  /** How log-probabilities become rewards. */
  rewards: StepsOptions;
  /** The pair, with files in place of URIs. */
  models: PairOptions;
}

/**
 * Hands an evaluation a scorer with its cache, and closes both after it. The models are only loaded for what is not cached.
 *
 * @param pairOptions - with the signal that stops everything
 * @param flags - of the command line
 * @param use - the evaluation
 */
export async function withScorer<T>(
  pairOptions: PairOptions & {signal: AbortSignal},
  flags: EvalFlags,
  use: (tools: EvalScorer) => Promise<T>,
): Promise<T> {
  const progress = new ProgressDisplay(!flags.quiet && !flags.verbose);
  let scorer: CachedScorer | undefined;
  try {
    // β is left to the rewards, so that the cache holds that of the models' metadata.
    const {beta, ...options} = await locateModels(pairOptions, progress);
    const cache = flags.cache === false ? undefined : await openCache(options, flags.cache);
    const opened = new CachedScorer(cache, async () => open(options, flags, progress));
    scorer = opened;
    if (cache?.isShared && !flags.quiet) {
      process.stderr.write(notice);
    }

    const {betaSchedule = 'constant', withoutReference = false} = flags;
    const rewards = {beta: beta ?? (await opened.beta()), betaSchedule, withoutReference};
    return await use({scorer, progress, rewards, models: options});
  } finally {
    progress.clear();
    await scorer?.close();
  }
}

async function open(options: PairOptions, {verbose}: EvalFlags, progress: ProgressDisplay): Promise<Pair> {
  const opening = openPair({
    ...options,
    // Every prompt comes once, so what was evaluated for another is of no use, and makes attention dearer.
    cacheSize: 0,
    onProgress: state => progress.show(openProgressState(state)),
    onWarning: ({message}) => process.stderr.write(`implicit-prm: ${message}\n`),
    onLog: verbose ? (level, text) => process.stderr.write(`${level}: ${printable(text)}\n`) : undefined,
  });
  return opening.catch((error: unknown) => {
    options.signal?.throwIfAborted();
    throw new PairNotOpened(error);
  });
}

/** The options with files in place of URIs, since the cache is told by what is in the files. */
async function locateModels<Options extends PairOptions>(
  options: Options,
  progress: ProgressDisplay,
): Promise<Options> {
  const {policy, reference, lora, modelsDirectory: directory, signal} = options;
  const locate = async (model: string) =>
    locateModel(model, {
      directory,
      signal,
      onProgress: state => progress.show(openProgressState({phase: 'download', model, ...state})),
    });
  return {
    ...options,
    policy: await locate(policy),
    reference: reference && (await locate(reference)),
    lora: lora && (await locate(lora)),
  };
}

async function openCache(options: PairOptions, directory = cacheDirectory()): Promise<ScoreCache> {
  const {models} = await describeModels([options.policy], {isolate: options.isolate});
  const fingerprint = await pairFingerprint({...options, chatTemplate: models[0]!.chatTemplate});
  return ScoreCache.open(directory, fingerprint).catch((error: unknown) => {
    throw fileError(`cannot keep a cache in ${directory} (--no-cache does without)`, error);
  });
}

/** That a pair could not be opened for a line of the input, which is no fault of the line, whatever class the cause has. */
class PairNotOpened extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), {cause});
  }
}
