/**
 * Everything that `implicit-prm` exports.
 *
 * @module API
 */

export type {
  Engine,
  EvaluationOptions,
  LikeliestTokens,
  ModelLogprobs,
  ModelName,
  SequenceLogprobs,
  SingleModelEngine,
  TokenSequence,
} from './engine/engine.js';
export type {MemoryInfo, ModelInfo, RemoteModelInfo} from './engine/engine-info.js';
export {type MergeAdapterOptions, type MergedAdapter, mergeAdapter} from './engine/native/merge-adapter.js';
export type {LogListener} from './engine/native/native-engine.js';
export type {
  RemoteEngineKind,
  RemoteModelOptions,
  RemoteRequestOptions,
} from './engine/remote/remote-options.js';
export type {TokenUsage} from './engine/token-usage.js';
export {ChatTemplateError} from './errors/chat-template-error.js';
export {ContextOverflowError} from './errors/context-overflow-error.js';
export {EngineCrashedError, type EngineCrashedErrorOptions} from './errors/engine-crashed-error.js';
export type {ErrorCode} from './errors/error-code.js';
export {EvaluationError} from './errors/evaluation-error.js';
export {GenerationError} from './errors/generation-error.js';
export {ImplicitPrmError} from './errors/implicit-prm-error.js';
export {InvalidInputError} from './errors/invalid-input-error.js';
export {ModelError} from './errors/model-error.js';
export {PairClosedError} from './errors/pair-closed-error.js';
export {PairMismatchError} from './errors/pair-mismatch-error.js';
export {RemoteError, type RemoteErrorOptions} from './errors/remote-error.js';
export {RuntimeLoadError} from './errors/runtime-load-error.js';
export {TrainingError} from './errors/training-error.js';
export {evaluateBestOfN} from './eval/best-of-n/evaluate.js';
export {passAtK} from './eval/best-of-n/pass-at-k.js';
export type {
  BestOfNAccuracy,
  BestOfNCandidate,
  BestOfNEvaluation,
  BestOfNMethod,
  BestOfNOptions,
  BestOfNProblem,
} from './eval/best-of-n/types.js';
export type {BootstrapOptions, Estimate} from './eval/bootstrap.js';
export {type Calibration, type CalibrationBin, calibrate, type Forecast} from './eval/calibration.js';
export {bestThreshold} from './eval/process-bench/best-threshold.js';
export {evaluateProcessBench} from './eval/process-bench/evaluate.js';
export type {
  BestThreshold,
  ProcessBenchEvaluation,
  ProcessBenchOptions,
  ProcessBenchSample,
  ThresholdOptions,
} from './eval/process-bench/types.js';
export type {StepValues} from './eval/step-values.js';
export type {LocalGeneratorOptions, RemoteGeneratorOptions} from './generate/generator-options.js';
export {type OpenGenerator, openGenerator} from './generate/open-generator.js';
export {
  type SampledResponse,
  type SampledResponses,
  type SampleOptions,
  sampleResponses,
} from './generate/sample-responses.js';
export type {
  AddedText,
  Continuation,
  GenerateInput,
  Generation,
  GenerationUsage,
  GeneratorInfo,
  StopReason,
  TextGenerator,
} from './generate/text-generator.js';
export {type BundledPair, bundledPair} from './pair/bundled-pair.js';
export {describeModels, type ModelDescriptions, type VocabularyDifference} from './pair/describe-models.js';
export {openPair} from './pair/open-pair.js';
export {Pair, type PairInfo} from './pair/pair.js';
export type {OpenProgress, PairOptions} from './pair/pair-options.js';
export type {PairWarning} from './pair/warnings.js';
export {Algebra, type AlgebraOptions, openAlgebra} from './rank/algebra/algebra.js';
export {bestOf} from './rank/best-of.js';
export {sameAnswer} from './rank/equality/same-answer.js';
export type {AnswerExtractor, NamedExtractor} from './rank/extraction/answer-extractor.js';
export {extractAnswer} from './rank/extraction/extract-answer.js';
export {rankResponses} from './rank/rank-responses.js';
export type {RankedResponse, RankInput, RankOptions} from './rank/rank-types.js';
export {vote} from './rank/vote.js';
export type {AnsweredResponse, AnswerGroup, VoteOptions, VoteResult, VotingRule} from './rank/vote-types.js';
export {toReport} from './report/to-report.js';
export {toSearchReport} from './report/to-search-report.js';
export {toTrainingReport} from './report/to-training-report.js';
export type {
  ReportCandidates,
  ReportOptions,
  ReportPrompt,
  ReportResponse,
  ReportResult,
  ReportSearch,
  ReportTokens,
} from './report/types.js';
export {type Aggregate, aggregate} from './reward/aggregate.js';
export type {BetaSchedule} from './reward/beta-schedule.js';
export {type StepReward, type StepRewardsInput, stepRewards} from './reward/step-rewards.js';
export {scoreSteps} from './score/score-steps.js';
export type {
  ScoredResponse,
  ScoredStep,
  ScoredTokens,
  ScoreInput,
  ScoreManyInput,
  ScoreOneInput,
  ScoreOptions,
} from './score/score-types.js';
export type {ScoringPair} from './score/scoring-pair.js';
export {type ShownText, type ShownToken, type ShowTextOptions, showText} from './score/show-text.js';
export {search, searchEvents} from './search/search.js';
export type {
  BeamOptions,
  BestOfNOptions as BestOfNSearchOptions,
  CommonSearchOptions,
  DvtsOptions,
  ExpandedEvent,
  FinishedEvent,
  MctsOptions,
  NodeState,
  PrunedEvent,
  SearchAnswers,
  SearchBudget,
  SearchCandidate,
  SearchEvent,
  SearchGenerator,
  SearchOptions,
  SearchPair,
  SearchResult,
  SearchSession,
  SearchTree,
  SearchUsage,
} from './search/search-types.js';
export {createServer, PrmServer} from './serve/create-server.js';
export type {ListenOptions, ServerAddress} from './serve/listen.js';
export type {RewardValue, ServerOptions} from './serve/server-options.js';
export {Session, type SessionOptions} from './session/session.js';
export type {TextRange} from './steps/ranges.js';
export {splitSteps} from './steps/split-steps.js';
export type {StepSpan} from './steps/step-span.js';
export type {StepSplitter} from './steps/step-splitter.js';
export type {ConversationTokeniser, TokeniseOptions} from './text/conversation-tokeniser.js';
export type {ChatMessage, Prompt} from './text/prompt.js';
export type {Rendering, RenderingInfo, RenderingOptions} from './text/rendering.js';
export type {TextWarning} from './text/text-warning.js';
export type {TokenisedResponse} from './text/tokenised-response.js';
export type {SpecialToken} from './text/tokeniser.js';
export type {UnusedCounts, UnusedReason} from './train/data/unused-reason.js';
export type {Comparison, Measure} from './train/evaluation/comparison.js';
export type {TrainEvaluation} from './train/evaluation/train-evaluation.js';
export type {RewardMetrics} from './train/loop/reward-metrics.js';
export type {ObjectiveName} from './train/objectives/objective.js';
export type {StepRecord, ValidationRecord} from './train/run/training-record.js';
export type {
  TrainCheckpointEvent,
  TrainDataEvent,
  TrainEvent,
  TrainModelEvent,
  TrainProgressEvent,
  TrainResult,
  TrainResultEvent,
  TrainStepEvent,
  TrainValidationEvent,
} from './train/train-events.js';
export type {Records, TrainOptions} from './train/train-options.js';
export {trainPair} from './train/train-pair.js';
export type {TrainerDescription} from './train/trainer.js';
