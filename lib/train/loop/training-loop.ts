import {TrainingError} from '../../errors/training-error.js';
import {epochBatches} from '../data/epoch-batches.js';
import type {Unit} from '../data/training-units.js';
import type {PreparedTraining} from '../prepare-training.js';
import type {TrainingDirectory} from '../run/training-directory.js';
import {type TrainingRecord, writeTrainingRecord} from '../run/training-record.js';
import type {
  TrainCheckpointEvent,
  TrainResult,
  TrainStepEvent,
  TrainValidationEvent,
} from '../train-events.js';
import type {CheckedTrainOptions} from '../train-options.js';
import type {Trainer} from '../trainer.js';
import {BatchTrainer, type RewardBasis} from './batch-trainer.js';
import {balancedWeights} from './class-weights.js';
import {learningRateAt} from './learning-rate.js';
import type {RewardMetrics} from './reward-metrics.js';

/** What a loop works with. */
export interface LoopTools {
  trainer: Trainer;
  directory: TrainingDirectory;
  basis: RewardBasis;
  /** The most tokens of a micro-batch. */
  maxTokens: number;
}

type LoopEvent = TrainStepEvent | TrainValidationEvent | TrainCheckpointEvent;

/**
 * Makes the optimizer steps of a training, from wherever its record says it is. The order of the data is drawn from the seed
 * and the epoch's number alone, so a training that goes on sees what an undisturbed one would have seen.
 */
export class TrainingLoop {
  readonly #prepared: PreparedTraining;
  readonly #options: CheckedTrainOptions;
  readonly #tools: LoopTools;
  readonly #batches: BatchTrainer;
  /** How many steps an epoch has. */
  readonly #stepsPerEpoch: number;
  readonly #began = performance.now();
  #record: TrainingRecord;
  #epoch: {number: number; batches: Unit[][]} | undefined;
  /** Steps made by this process. */
  #made = 0;
  /** The step that a checkpoint has. */
  #saved: number;

  constructor(
    prepared: PreparedTraining,
    options: CheckedTrainOptions,
    tools: LoopTools,
    record: TrainingRecord,
  ) {
    const {objective, set, units} = prepared;
    const {beta, balance, batchSize} = options;
    const {trainer, basis, maxTokens} = tools;
    this.#prepared = prepared;
    this.#options = options;
    this.#tools = tools;
    this.#record = record;
    this.#saved = record.step;
    const weights = balance ? balancedWeights(set.examples, units.flat()) : {right: 1, wrong: 1};
    this.#batches = new BatchTrainer(trainer, basis, {objective, beta, weights, maxTokens});
    this.#stepsPerEpoch = Math.ceil(units.flat().length / batchSize);
  }

  /** What the loop has come to. */
  get record(): TrainingRecord {
    return this.#record;
  }

  /** Makes all steps that are left. */
  async *run(): AsyncGenerator<LoopEvent, void, undefined> {
    if (this.#record.validations.length === 0) {
      yield* this.#lookUntrained();
    }

    for (;;) {
      if (this.#isLookDue()) {
        yield await this.#look();
      }

      const {step} = this.#record;
      const trained = step >= this.steps || this.#isStale();
      this.#record = {...this.#record, trained};
      if (this.isUnsaved && (trained || step % this.#options.saveEvery === 0)) {
        yield await this.checkpoint();
      }

      if (trained) {
        return;
      }

      yield await this.#makeStep();
    }
  }

  /** Saves what training goes on from; a process that is killed while it does leaves the one before. */
  async checkpoint(): Promise<TrainCheckpointEvent> {
    const {trainer, directory} = this.#tools;
    const {step, best} = this.#record;
    const state = step === 0 ? null : `state-${step}.bin`;
    if (state !== null && this.#record.state !== state) {
      await trainer.save(directory.file(state));
    }

    this.#record = {...this.#record, state};
    await writeTrainingRecord(directory, this.#record);
    this.#saved = step;
    await directory.keepOnly([state, best?.state]);
    return {type: 'checkpoint', step, path: directory.path};
  }

  /** Keeps what came of the training, and of its states only that of the adapter. */
  async finish({history: _history, ...result}: TrainResult): Promise<void> {
    const {directory} = this.#tools;
    const {best, state} = this.#record;
    const kept = best ? null : state;
    // As it will be read.
    this.#record = {...this.#record, state: kept, result: JSON.parse(JSON.stringify(result))};
    await writeTrainingRecord(directory, this.#record);
    await directory.keepOnly([kept, best?.state]);
  }

  /** Whether steps were made since the last checkpoint. */
  get isUnsaved(): boolean {
    return this.#record.step > this.#saved;
  }

  async #makeStep(): Promise<TrainStepEvent> {
    const {signal, weightDecay, clip} = this.#options;
    signal?.throwIfAborted();
    const index = this.#record.step;
    const epoch = Math.floor(index / this.#stepsPerEpoch);
    const metrics = await this.#batches.addGradients(this.#batch(epoch, index % this.#stepsPerEpoch), signal);
    const learningRate = learningRateAt(index, this.steps, this.#options);
    requireFinite(metrics.loss, 'loss', index + 1);
    // From here to the record there is no way out: a step that is made is one that counts.
    const {gradientNorm} = await this.#tools.trainer.step({learningRate, weightDecay, clip});
    requireFinite(gradientNorm, 'gradient', index + 1);
    const step = index + 1;
    const kept = {...metrics, step, gradientNorm, learningRate};
    this.#record = {...this.#record, step, steps: [...this.#record.steps, kept]};
    this.#made++;
    const seconds = (performance.now() - this.#began) / 1000;
    return {
      type: 'step',
      ...kept,
      steps: this.steps,
      epoch: epoch + 1,
      tokensPerSecond: this.#batches.tokens / seconds,
      secondsLeft: (seconds / this.#made) * (this.steps - step),
    };
  }

  /** Before anything is trained all rewards are 0. */
  *#lookUntrained(): Generator<TrainValidationEvent, void, undefined> {
    const {heldOutUnits, objective} = this.#prepared;
    if (heldOutUnits.length > 0 && objective.usesReference) {
      const metrics = this.#batches.measureUntrained(heldOutUnits);
      this.#record = {...this.#record, validations: [{...metrics, step: 0}]};
      yield {type: 'validation', ...metrics, step: 0, isBest: false};
    }
  }

  async #look(): Promise<TrainValidationEvent> {
    const {trainer, directory} = this.#tools;
    const {step, best, looksSinceBest, validations} = this.#record;
    const metrics = await this.#measureHeldOut();
    const isBest = best === null || metrics.loss < best.loss;
    const state = `best-${step}.bin`;
    if (isBest) {
      await trainer.save(directory.file(state));
    }

    this.#record = {
      ...this.#record,
      best: isBest ? {step, loss: metrics.loss, state} : best,
      looksSinceBest: isBest ? 0 : looksSinceBest + 1,
      validations: [...validations, {...metrics, step}],
    };
    return {type: 'validation', ...metrics, step, isBest};
  }

  async #measureHeldOut(): Promise<RewardMetrics> {
    return this.#batches.measure(this.#prepared.heldOutUnits, this.#options.signal);
  }

  /** Whether the held-out loss is to be taken now: evenly over each epoch, and at the very end. */
  #isLookDue(): boolean {
    const {step, validations} = this.#record;
    if (this.#prepared.heldOutUnits.length === 0 || step === 0 || validations.at(-1)?.step === step) {
      return false;
    }

    const every = this.#stepsPerEpoch / Math.min(this.#options.validationsPerEpoch, this.#stepsPerEpoch);
    return step === this.steps || Math.floor(step / every) > Math.floor((step - 1) / every);
  }

  #isStale(): boolean {
    const {earlyStopping} = this.#options;
    return earlyStopping > 0 && this.#record.looksSinceBest >= earlyStopping;
  }

  /** How many steps there are in all. */
  get steps(): number {
    return this.#stepsPerEpoch * this.#options.epochs;
  }

  #batch(epoch: number, index: number): Unit[] {
    if (this.#epoch?.number !== epoch) {
      const {batchSize, seed} = this.#options;
      const batches = epochBatches(this.#prepared.units, batchSize, {seed, epoch});
      this.#epoch = {number: epoch, batches};
    }

    return this.#epoch.batches[index]!;
  }
}

function requireFinite(value: number, name: string, step: number): void {
  if (!Number.isFinite(value)) {
    throw new TrainingError(
      `The ${name} of step ${step} is ${value}: the training has left all bounds. Lower the learning rate.`,
    );
  }
}
