import {z} from 'zod';
import {parseRecord} from '../../runs/input/parse-record.js';
import {bootstrap, type Estimate} from '../bootstrap.js';
import type {SearchEvaluation, SearchMethod} from './types.js';

const judgedSchema = z.object({correct: z.boolean().optional()});
const count = z.number().min(0);

const schema = z.object({
  method: z.string(),
  n: z.int().min(1),
  budget: z.object({tokens: z.number().optional(), seconds: z.number().optional()}).optional(),
  answers: z.object({best: judgedSchema, majority: judgedSchema, weighted: judgedSchema}),
  responses: z.array(judgedSchema.extend({complete: z.boolean()})),
  usage: z.object({generated: count, evaluated: count, scored: count}),
  ended: z.enum(['done', 'tokens', 'seconds']),
});

/** What of a recorded search is evaluated. */
export type SearchedProblem = z.output<typeof schema>;

/** Reads a line that `search` wrote. */
export function readSearchedProblem(bytes: Uint8Array): SearchedProblem {
  return parseRecord(bytes, schema, 'the result');
}

const methods: Readonly<Record<SearchMethod, (problem: SearchedProblem) => number>> = {
  best: ({answers}) => Number(answers.best.correct),
  weighted: ({answers}) => Number(answers.weighted.correct ?? false),
  majority: ({answers}) => Number(answers.majority.correct ?? false),
  random: ({responses}) => share(responses),
  any: ({responses}) => Number(responses.some(({correct}) => correct)),
};

/** Measures how often searches find the right answer, problem after problem. */
export class SearchTally {
  readonly #outcomes = new Map<SearchMethod, number[]>();
  readonly #usage = {generated: 0, evaluated: 0, scored: 0};
  #problems = 0;
  #judged = 0;
  #responses = 0;
  #cutShort = 0;

  constructor() {
    for (const name of Object.keys(methods) as SearchMethod[]) {
      this.#outcomes.set(name, []);
    }
  }

  /** Takes what was found for a problem. */
  add(problem: SearchedProblem): void {
    this.#problems++;
    this.#responses += problem.responses.filter(({complete}) => complete).length;
    this.#cutShort += Number(problem.ended !== 'done');
    for (const name of ['generated', 'evaluated', 'scored'] as const) {
      this.#usage[name] += problem.usage[name];
    }

    if (problem.answers.best.correct !== undefined) {
      this.#judged++;
      for (const [name, outcomes] of this.#outcomes) {
        outcomes.push(methods[name](problem));
      }
    }
  }

  /** How right a method is for each judged problem so far, 0 … 1. */
  outcomes(method: SearchMethod): readonly number[] {
    return this.#outcomes.get(method)!;
  }

  /** Evaluates the problems so far. */
  evaluate(drawing: {resamples: number; seed: number}): SearchEvaluation {
    const each = (sum: number) => sum / Math.max(1, this.#problems);
    return {
      problems: this.#problems,
      judged: this.#judged,
      responses: this.#responses,
      cutShort: this.#cutShort,
      accuracy: this.#judged === 0 ? null : this.#accuracy(drawing),
      usage: {
        generated: each(this.#usage.generated),
        evaluated: each(this.#usage.evaluated),
        scored: each(this.#usage.scored),
      },
    };
  }

  #accuracy(drawing: {resamples: number; seed: number}): Record<SearchMethod, Estimate> {
    const names = [...this.#outcomes.keys()];
    const rows = [...this.#outcomes.values()];
    const mean = (row: readonly number[], weights: Uint32Array) =>
      row.reduce((sum, value, index) => sum + value * weights[index]!, 0) / row.length;
    const estimates = bootstrap(this.#judged, weights => rows.map(row => mean(row, weights)), drawing);
    return Object.fromEntries(names.map((name, index) => [name, estimates[index]!])) as Record<
      SearchMethod,
      Estimate
    >;
  }
}

function share(responses: SearchedProblem['responses']): number {
  return responses.filter(({correct}) => correct).length / Math.max(1, responses.length);
}
