import type {UnusedCounts} from './data/unused-reason.js';
import type {TrainEvaluation} from './evaluation/train-evaluation.js';
import type {ObjectiveName} from './objectives/objective.js';
import type {RewardMetrics} from './reward-metrics.js';
import type {StepRecord, ValidationRecord} from './run/training-record.js';
import type {TrainerDescription} from './trainer.js';

/** What {@link trainPair} tells as it goes on. */
export type TrainEvent =
  | TrainDataEvent
  | TrainModelEvent
  | TrainProgressEvent
  | TrainStepEvent
  | TrainValidationEvent
  | TrainCheckpointEvent
  | TrainResultEvent;

/** What there is to learn from. */
export interface TrainDataEvent {
  type: 'data';
  /** Lines that were read. */
  records: number;
  /** Prompts and responses that are learned from. */
  prompts: number;
  responses: number;
  /** Those of the responses that are right. */
  right: number;
  /** What the loss is a sum over in an epoch: responses, or pairs of them. */
  units: number;
  /** Prompts and responses that are held out. */
  heldOutPrompts: number;
  heldOutResponses: number;
  /** Solutions whose first wrong step is known, of the records and of `steps`. */
  solutions: number;
  /** Those of `steps` that answer a prompt that is learned from, and are left out. */
  learnedSolutions: number;
  /** Responses that are not used, by reason. */
  unused: UnusedCounts;
}

/** The model is loaded, and its gradients are known to be those of the model that llama.cpp evaluates. */
export interface TrainModelEvent {
  type: 'model';
  description: TrainerDescription;
  /** The step that the training goes on behind, 0 for one that begins. */
  resumedFrom: number;
}

/** Work that moves no weight: log π_ref of all responses before, and the measuring at the end. */
export interface TrainProgressEvent {
  type: 'reference' | 'evaluation';
  /** In responses. */
  done: number;
  total: number;
}

/** An optimizer step was made. */
export interface TrainStepEvent extends RewardMetrics {
  type: 'step';
  /** From 1 on. */
  step: number;
  /** Those of the whole training. */
  steps: number;
  /** From 1 on. */
  epoch: number;
  /** The Euclidean norm of the gradient, before it was clipped. */
  gradientNorm: number;
  learningRate: number;
  /** Of this process so far, shared prompts counted once. */
  tokensPerSecond: number;
  /** How long the remaining steps are likely to take. */
  secondsLeft: number;
}

/** The held-out loss was taken. */
export interface TrainValidationEvent extends RewardMetrics {
  type: 'validation';
  /** After which step; 0 for the untrained model. */
  step: number;
  /** Whether it is the lowest so far. */
  isBest: boolean;
}

/** What training goes on from was saved. */
export interface TrainCheckpointEvent {
  type: 'checkpoint';
  /** After which step. */
  step: number;
  /** The folder. */
  path: string;
}

/** The training has ended and the adapter is written. */
export interface TrainResultEvent {
  type: 'result';
  result: TrainResult;
}

/** What came of a training. */
export interface TrainResult {
  /** The adapter's file. */
  output: string;
  objective: ObjectiveName;
  /** The reward of one nat, as the adapter has it. */
  beta: number;
  /** Steps that were made. */
  steps: number;
  /** The step that the adapter is of: that of the lowest held-out loss, the last one where nothing was held out. */
  bestStep: number;
  /** Whether training ended early since the held-out loss fell no more. */
  stoppedEarly: boolean;
  data: Omit<TrainDataEvent, 'type'>;
  /** On what was held out; `null` where nothing was, or for `sft`. */
  evaluation: TrainEvaluation | null;
  /** How the training went, from its very beginning. */
  history: {steps: StepRecord[]; validations: ValidationRecord[]};
}
