import type {
  GenerateInput,
  Generation,
  ScoredResponse,
  SearchSession,
  TextGenerator,
} from '../../lib/index.js';
import {sigmoid} from '../../lib/reward/sigmoid.js';
import {seededRandom} from '../../lib/utils/seeded-random.js';

/** How a fake writer goes on: the steps to choose from, and whether one of them ends the response. */
export type Grammar = (steps: readonly string[]) => {choices: readonly string[]; ends: boolean};

/** A generator that draws steps from a grammar, and remembers what it was asked for. A token is a character. */
export class FakeGenerator implements TextGenerator {
  readonly asked: GenerateInput[] = [];
  readonly #grammar: Grammar;

  constructor(grammar: Grammar) {
    this.#grammar = grammar;
  }

  async generate(input: GenerateInput): Promise<Generation> {
    this.asked.push(input);
    const {prefix = '', n = 1, seed = 0, stop, temperature = 1, signal} = input;
    await new Promise(resolve => {
      setImmediate(resolve);
    });
    const continuations = Array.from({length: n}, (_, index) => {
      const random = seededRandom(seed + index);
      const steps = prefix.split('\n\n').filter(Boolean);
      let text = '';
      for (;;) {
        const {choices, ends} = this.#grammar(steps);
        const step = choices[temperature === 0 ? 0 : Math.floor(random() * choices.length)]!;
        steps.push(step);
        if (signal?.aborted) {
          return {text, reason: 'aborted' as const, stop: null, tokens: text.length};
        }

        text += step;
        if (ends) {
          return {text, reason: 'end' as const, stop: null, tokens: text.length};
        }

        if (stop === '\n\n') {
          return {text, reason: 'stop' as const, stop, tokens: text.length};
        }

        text += '\n\n';
      }
    });
    const generated = continuations.reduce((sum, {tokens}) => sum + tokens, 0);
    return {continuations, usage: {evaluated: prefix.length, generated}};
  }
}

/** A session that takes a step's reward from its text, such as `a +1`. */
export class FakeSession implements SearchSession {
  readonly #steps: readonly string[];
  readonly #appended: string[];

  /** @param appended - every step that any session was given */
  constructor(appended: string[] = [], steps: readonly string[] = []) {
    this.#appended = appended;
    this.#steps = steps;
  }

  async append(text: string) {
    this.#appended.push(text.trim());
    this.#grow(text.trim());
    return this.scored.steps.at(-1)!;
  }

  async finish() {
    return this.scored;
  }

  fork() {
    return new FakeSession(this.#appended, [...this.#steps]);
  }

  get scored(): ScoredResponse {
    let q = 0;
    const steps = this.#steps.map(text => {
      const reward = rewardOf(text);
      q += reward;
      return {
        text,
        start: 0,
        end: 0,
        tokenStart: 0,
        tokenEnd: 0,
        logRatio: reward,
        reward,
        q,
        probability: sigmoid(q),
      };
    });
    const score = Math.min(...steps.map(({reward}) => reward));
    return {
      response: this.#steps.join('\n\n'),
      steps,
      reward: q,
      score,
      rendering: 'conversation',
      unscored: [],
      tokens: {
        ids: new Int32Array(),
        starts: new Uint32Array(),
        policyLogprobs: new Float32Array(),
        referenceLogprobs: null,
      },
      usage: {evaluated: this.#steps.join('').length, reused: 0},
    };
  }

  #grow(text: string): void {
    (this.#steps as string[]).push(text);
  }
}

function rewardOf(text: string): number {
  return Number(/[-+]\d+(?:\.\d+)?/u.exec(text)?.[0] ?? 0);
}
