import process from 'node:process';
import type {ModelInfo} from '../../engine/engine-info.js';
import {CachedScorer} from '../../eval/scoring/cached-scorer.js';
import {
  type FingerprintedOptions,
  type KnownModels,
  knownModels,
  pairFingerprint,
} from '../../eval/scoring/pair-fingerprint.js';
import {cacheDirectory, ScoreCache} from '../../eval/scoring/score-cache.js';
import type {StepsOptions} from '../../eval/scoring/steps-of.js';
import {describeModels} from '../../pair/describe-models.js';
import {locateModel} from '../../pair/locate-model.js';
import {openPair} from '../../pair/open-pair.js';
import type {Pair} from '../../pair/pair.js';
import type {PairOptions} from '../../pair/pair-options.js';
import {hasRemoteModel} from '../../pair/remote/model-uri.js';
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
  /** The pair's, with files in place of URIs. */
  models: KnownModels;
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
  let prepared: Prepared | undefined;
  try {
    // β is left to the rewards, so that the cache holds that of the models' metadata.
    const {beta, ...options} = pairOptions;
    prepared = await prepare(options, flags, progress);
    const {models} = prepared;
    const cache =
      flags.cache === false ? undefined : await openCache({...settingsOf(options), ...models}, flags.cache);
    const opened = new CachedScorer(cache, prepared.open);
    scorer = opened;
    if (cache?.isShared && !flags.quiet) {
      process.stderr.write(notice);
    }

    const {betaSchedule = 'constant', withoutReference = false} = flags;
    const rewards = {beta: beta ?? (await opened.beta()), betaSchedule, withoutReference};
    return await use({scorer, progress, rewards, models});
  } finally {
    progress.clear();
    await scorer?.close();
    await prepared?.opened?.close();
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

/** A pair that is about to be opened, or a remote one that is open. */
interface Prepared {
  models: KnownModels;
  open: () => Promise<Pair>;
  /** What has to be closed though no response needed it. */
  opened?: Pair;
}

/**
 * Finds out what the cache is told by: what is in the files. Servers have to be asked what they have, so that a pair with
 * a model at one is opened at once.
 */
async function prepare(options: PairOptions, flags: EvalFlags, progress: ProgressDisplay): Promise<Prepared> {
  if (hasRemoteModel(options)) {
    const pair = await open(options, flags, progress);
    return {models: knownModels(pair.info), open: async () => pair, opened: pair};
  }

  const files = await locateModels(options, progress);
  const [{chatTemplate}] = (await describeModels([files.policy], {isolate: options.isolate})).models as [
    ModelInfo,
  ];
  return {
    models: {...files, chatTemplate},
    open: async () => open({...options, ...files}, flags, progress),
  };
}

/** Files in place of URIs. */
async function locateModels(
  {policy, reference, lora, modelsDirectory: directory, signal}: PairOptions,
  progress: ProgressDisplay,
): Promise<{policy: string; reference?: string | undefined; lora?: string | undefined}> {
  const locate = async (model: string) =>
    locateModel(model, {
      directory,
      signal,
      onProgress: state => progress.show(openProgressState({phase: 'download', model, ...state})),
    });
  return {
    policy: await locate(policy as string),
    reference: reference === undefined ? undefined : await locate(reference as string),
    lora: lora && (await locate(lora)),
  };
}

/** All but the models. */
function settingsOf({policy: _policy, reference: _reference, lora: _lora, ...rest}: PairOptions) {
  return rest;
}

async function openCache(options: FingerprintedOptions, directory = cacheDirectory()): Promise<ScoreCache> {
  return ScoreCache.open(directory, await pairFingerprint(options)).catch((error: unknown) => {
    throw fileError(`cannot keep a cache in ${directory} (--no-cache does without)`, error);
  });
}

/** That a pair could not be opened for a line of the input, which is no fault of the line, whatever class the cause has. */
class PairNotOpened extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), {cause});
  }
}
