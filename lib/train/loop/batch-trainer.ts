import {microBatches, tokensOfMicroBatch} from '../data/micro-batches.js';
import type {TrainingExample} from '../data/training-set.js';
import type {Unit} from '../data/training-units.js';
import type {Objective, RewardBatch, Term} from '../objectives/objective.js';
import type {Trainer} from '../trainer.js';
import type {ClassWeights} from './class-weights.js';
import {type RewardMetrics, RewardTally} from './reward-metrics.js';

/** What rewards are made of, for each example. */
export interface RewardBasis {
  examples: readonly TrainingExample[];
  /** log π_ref(y | x), in nats. Empty for an objective without reference. */
  reference: Float64Array;
  /** The same responses behind other prompts, for a reference point; `undefined` where none fits. */
  mismatched: readonly (TrainingExample | undefined)[];
  /** log π_ref of these. */
  mismatchedReference: Float64Array;
}

interface BatchTrainerOptions {
  objective: Objective;
  /** The reward of one nat. */
  beta: number;
  weights: ClassWeights;
  /** The most tokens of a micro-batch. */
  maxTokens: number;
}

/** Computes losses of batches, and their gradients, by micro-batches. */
export class BatchTrainer {
  /** Tokens evaluated so far, shared prompts counted once. */
  tokens = 0;
  readonly #trainer: Trainer;
  readonly #basis: RewardBasis;
  readonly #options: BatchTrainerOptions;

  constructor(trainer: Trainer, basis: RewardBasis, options: BatchTrainerOptions) {
    this.#trainer = trainer;
    this.#basis = basis;
    this.#options = options;
  }

  /** The loss of units, without gradients. */
  async measure(units: readonly Unit[], signal?: AbortSignal): Promise<RewardMetrics> {
    const batch = await this.#evaluate(units, signal);
    return this.#metricsOf(batch);
  }

  /** The loss that units had before anything was trained: all rewards are 0, and nothing has to be evaluated. */
  measureUntrained(units: readonly Unit[]): RewardMetrics {
    const members = membersOf(units);
    const rewards = new Float64Array(members.length);
    return this.#metricsOf(this.#batchOf(members, rewards, this.#termsOf(units), 0));
  }

  /** The loss of units; its gradients are added to the trainer's. */
  async addGradients(units: readonly Unit[], signal?: AbortSignal): Promise<RewardMetrics> {
    const parts = this.#cut(membersOf(units));
    const partOf = new Map(parts.flatMap((members, part) => members.map(member => [member, part] as const)));
    const isCut = units.some(
      ([first, second]) => second !== undefined && partOf.get(first) !== partOf.get(second),
    );
    return isCut ? this.#addInTwoPasses(units, parts, signal) : this.#addPartByPart(units, parts, signal);
  }

  async #addPartByPart(
    units: readonly Unit[],
    parts: readonly number[][],
    signal: AbortSignal | undefined,
  ): Promise<RewardMetrics> {
    const {objective} = this.#options;
    const tally = new RewardTally(objective);
    const terms = this.#termsOf(units);
    const referencePoint = await this.#referencePoint(membersOf(units), signal);
    for (const members of parts) {
      const rewards = await this.#rewards(members, true, signal);
      const inside = terms.filter(({members: [first]}) => members.includes(first));
      const batch = this.#batchOf(members, rewards, inside, referencePoint);
      const {loss, gradient} = objective.evaluate(batch);
      tally.add(batch, loss);
      await this.#backward(members, gradient, signal);
    }

    return tally.result();
  }

  /** Pairs that are too long for one micro-batch: all rewards first, then the gradients. */
  async #addInTwoPasses(
    units: readonly Unit[],
    parts: readonly number[][],
    signal: AbortSignal | undefined,
  ): Promise<RewardMetrics> {
    const batch = await this.#evaluate(units, signal);
    const {gradient} = this.#options.objective.evaluate(batch);
    const all = membersOf(units);
    const gradientOf = new Map(all.map((member, index) => [member, gradient[index]!]));
    for (const members of parts) {
      await this.#rewards(members, true, signal);
      await this.#backward(
        members,
        Float64Array.from(members, member => gradientOf.get(member)!),
        signal,
      );
    }

    return this.#metricsOf(batch);
  }

  async #evaluate(units: readonly Unit[], signal: AbortSignal | undefined): Promise<RewardBatch> {
    const all = membersOf(units);
    const referencePoint = await this.#referencePoint(all, signal);
    const rewardOf = new Map<number, number>();
    for (const members of this.#cut(all)) {
      for (const [index, reward] of (await this.#rewards(members, false, signal)).entries()) {
        rewardOf.set(members[index]!, reward);
      }
    }

    const rewards = Float64Array.from(all, member => rewardOf.get(member)!);
    return this.#batchOf(all, rewards, this.#termsOf(units), referencePoint);
  }

  async #rewards(
    members: readonly number[],
    keep: boolean,
    signal: AbortSignal | undefined,
  ): Promise<Float64Array> {
    const {examples, reference} = this.#basis;
    const sums = await this.#sums(
      members.map(member => examples[member]!),
      {keep, signal},
    );
    return sums.map((sum, index) => this.#reward(sum, reference[members[index]!]));
  }

  #reward(policy: number, reference = 0): number {
    const {objective, beta} = this.#options;
    return objective.usesReference ? beta * (policy - reference) : policy;
  }

  async #sums(
    sequences: readonly TrainingExample[],
    {keep, signal}: {keep: boolean; signal: AbortSignal | undefined},
  ): Promise<Float64Array> {
    this.tokens += tokensOfMicroBatch(sequences);
    const logprobs = await this.#trainer.forward(sequences, {adapter: true, keep, signal});
    return Float64Array.from(logprobs, sumOf);
  }

  async #backward(
    members: readonly number[],
    gradient: Float64Array,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const {objective, beta} = this.#options;
    // ∂R / ∂ log π_θ(y_t) is β for every token.
    const slope = objective.usesReference ? beta : 1;
    await this.#trainer.backward(
      members.map((_, index) => slope * gradient[index]!),
      {signal},
    );
  }

  /** KTO's z₀ = max(0, mean R of responses behind other prompts). */
  async #referencePoint(members: readonly number[], signal: AbortSignal | undefined): Promise<number> {
    if (!this.#options.objective.usesReferencePoint) {
      return 0;
    }

    const {mismatched, mismatchedReference} = this.#basis;
    const present = members.filter(member => mismatched[member] !== undefined);
    const sequences = mismatched as readonly TrainingExample[];
    let sum = 0;
    for (const part of microBatches(sequences, present, this.#options.maxTokens)) {
      const sums = await this.#sums(
        part.map(member => sequences[member]!),
        {keep: false, signal},
      );
      sum += sums.reduce((all, one, index) => all + this.#reward(one, mismatchedReference[part[index]!]), 0);
    }

    return Math.max(0, sum / Math.max(1, present.length));
  }

  #cut(members: readonly number[]): number[][] {
    return microBatches(this.#basis.examples, members, this.#options.maxTokens);
  }

  #metricsOf(batch: RewardBatch): RewardMetrics {
    const {objective} = this.#options;
    const tally = new RewardTally(objective);
    tally.add(batch, objective.evaluate(batch).loss);
    return tally.result();
  }

  /** The terms of units by numbers of examples; their weights add up to 1. */
  #termsOf(units: readonly Unit[]): Term[] {
    const {right, wrong} = this.#options.weights;
    const weightOf = (unit: Unit) =>
      unit.length === 2 ? 1 : this.#basis.examples[unit[0]]!.correct ? right : wrong;
    const sum = units.reduce((all, unit) => all + weightOf(unit), 0);
    return units.map(members => ({members, weight: weightOf(members) / sum}));
  }

  /** @param terms - with members by numbers of examples */
  #batchOf(
    members: readonly number[],
    rewards: Float64Array,
    terms: readonly Term[],
    referencePoint: number,
  ): RewardBatch {
    const placeOf = new Map(members.map((member, place) => [member, place]));
    const examples = members.map(member => this.#basis.examples[member]!);
    return {
      rewards,
      correct: examples.map(({correct}) => correct),
      lengths: examples.map(({tokens, from}) => tokens.length - from),
      terms: terms.map(({members, weight}) => {
        const [first, second] = members.map(member => placeOf.get(member)!);
        return {members: second === undefined ? [first!] : [first!, second], weight};
      }),
      referencePoint,
    };
  }
}

/** Each once, in the order of the units: a response may be in many pairs. */
function membersOf(units: readonly Unit[]): number[] {
  return [...new Set(units.flat())];
}

/** In double precision. */
export function sumOf(logprobs: Float32Array): number {
  let sum = 0;
  for (const logprob of logprobs) {
    sum += logprob;
  }

  return sum;
}
