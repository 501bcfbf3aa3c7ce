import type {Objective, RewardBatch} from '../objectives/objective.js';

/** How an objective fares on some responses. */
export interface RewardMetrics {
  /** The loss: the weighted mean over responses or pairs. */
  loss: number;
  /**
   * The share of responses whose reward has the right sign, or of pairs whose right response has the higher one; 0 counts
   * half. `null` for `sft`.
   */
  accuracy: number | null;
  /** The mean of |R|, in units of reward; for `sft` of |log π_θ|, as in what follows. */
  meanAbsoluteReward: number;
  /** The mean of R over right responses; `null` without one. */
  meanRewardRight: number | null;
  /** The mean of R over wrong responses; `null` without one. */
  meanRewardWrong: number | null;
}

/** Adds up metrics over the parts of a batch. */
export class RewardTally {
  readonly #objective: Objective;
  readonly #right = {count: 0, sum: 0};
  readonly #wrong = {count: 0, sum: 0};
  #loss = 0;
  #terms = 0;
  #hits = 0;
  #absolute = 0;

  constructor(objective: Objective) {
    this.#objective = objective;
  }

  /** Takes a part, whose terms have their weights in the whole. */
  add(batch: RewardBatch, loss: number): void {
    this.#loss += loss;
    this.#terms += batch.terms.length;
    for (const {members} of batch.terms) {
      const [first, second] = members;
      const margin =
        second === undefined ? signed(batch, first) : batch.rewards[first]! - batch.rewards[second]!;
      this.#hits += margin > 0 ? 1 : margin === 0 ? 0.5 : 0;
    }

    for (const [index, reward] of batch.rewards.entries()) {
      const side = batch.correct[index] ? this.#right : this.#wrong;
      side.count++;
      side.sum += reward;
      this.#absolute += Math.abs(reward);
    }
  }

  /** The metrics of all parts. */
  result(): RewardMetrics {
    return {
      loss: this.#loss,
      accuracy: this.#objective.usesReference ? this.#hits / this.#terms : null,
      meanAbsoluteReward: this.#absolute / (this.#right.count + this.#wrong.count),
      meanRewardRight: mean(this.#right),
      meanRewardWrong: mean(this.#wrong),
    };
  }
}

function signed({rewards, correct}: RewardBatch, response: number): number {
  return correct[response] ? rewards[response]! : -rewards[response]!;
}

function mean({count, sum}: {count: number; sum: number}): number | null {
  return count === 0 ? null : sum / count;
}
