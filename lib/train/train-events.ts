import type {UnusedCounts} from './data/unused-reason.js';
import type {TrainEvaluation} from './evaluation/train-evaluation.js';
import type {RewardMetrics} from './loop/reward-metrics.js';
import type {ObjectiveName} from './objectives/objective.js';
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
  /** What it is. */
  type: 'data';
  /** Lines that were read. */
  records: number;
  /** Prompts that are learned from. */
  prompts: number;
  /** Responses to them. */
  responses: number;
  /** Those of the responses that are right. */
  right: number;
  /** What the loss is a sum over in an epoch: responses, or pairs of them. */
  units: number;
  /** Prompts that are held out. */
  heldOutPrompts: number;
  /** Responses to them. */
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
  /** What it is. */
  type: 'model';
  /** What is trained, and what it takes. */
  description: TrainerDescription;
  /** The step that the training goes on behind, 0 for one that begins. */
  resumedFrom: number;
}

/** Work that moves no weight: log π_ref of all responses before, and the measuring at the end. */
export interface TrainProgressEvent {
  /** What it is. */
  type: 'reference' | 'evaluation';
  /** In responses. */
  done: number;
  /** How many there are. */
  total: number;
}

/** An optimizer step was made. */
export interface TrainStepEvent extends RewardMetrics {
  /** What it is. */
  type: 'step';
  /** From 1 on. */
  step: number;
  /** Those of the whole training. */
  steps: number;
  /** From 1 on. */
  epoch: number;
  /** The Euclidean norm of the gradient, before it was clipped. */
  gradientNorm: number;
  /** As the schedule has it. */
  learningRate: number;
  /** Of this process so far, shared prompts counted once. */
  tokensPerSecond: number;
  /** How long the remaining steps are likely to take. */
  secondsLeft: number;
}

/** The held-out loss was taken. */
export interface TrainValidationEvent extends RewardMetrics {
  /** What it is. */
  type: 'validation';
  /** After which step; 0 for the untrained model. */
  step: number;
  /** Whether it is the lowest so far. */
  isBest: boolean;
}

/** What training goes on from was saved. */
export interface TrainCheckpointEvent {
  /** What it is. */
  type: 'checkpoint';
  /** After which step. */
  step: number;
  /** The folder. */
  path: string;
}

/** The training has ended and the adapter is written. */
export interface TrainResultEvent {
  /** What it is. */
  type: 'result';
  /** What came of it. */
  result: TrainResult;
}

/** What came of a training. */
export interface TrainResult {
  /** The adapter's file. */
  output: string;
  /** What was minimised. */
  objective: ObjectiveName;
  /** The reward of one nat, as the adapter has it. */
  beta: number;
  /** Steps that were made. */
  steps: number;
  /** The step that the adapter is of: that of the lowest held-out loss, the last one where nothing was held out. */
  bestStep: number;
  /** Whether training ended early since the held-out loss fell no more. */
  stoppedEarly: boolean;
  /** What it was learned from. */
  data: Omit<TrainDataEvent, 'type'>;
  /** On what was held out; `null` where nothing was, or for `sft`. */
  evaluation: TrainEvaluation | null;
  /** How the training went, from its very beginning. */
  history: {
    /** One for each step. */
    steps: StepRecord[];
    /** One for each look at the held-out loss. */
    validations: ValidationRecord[];
  };
}
