import process from 'node:process';
import type {UnusedReason} from '../../train/data/unused-reason.js';
import type {TrainDataEvent, TrainEvent, TrainStepEvent} from '../../train/train-events.js';
import {printable} from '../../utils/printable.js';
import {ProgressDisplay} from '../terminal/progress-display.js';
import {byteSize, counted} from '../terminal/quantities.js';

const reasons: Readonly<Record<UnusedReason, string>> = {
  unlabelled: 'without a label',
  empty: 'without a text',
  duplicate: 'the same as another',
  contradictory: 'called right and wrong',
  tooLong: 'too long',
  unpaired: 'without one to pair it with',
  wrong: 'wrong',
};

/** Tells on stderr how a training goes: a bar on a terminal, and a line for whatever should stay to be read. */
export class TrainProgress {
  readonly #display: ProgressDisplay;
  readonly #quiet: boolean;
  #steps = 0;
  #resumedFrom = 0;
  #began = Date.now();

  constructor({quiet = false, verbose = false}: {quiet?: boolean; verbose?: boolean}) {
    this.#quiet = quiet;
    this.#display = new ProgressDisplay(!quiet && !verbose);
  }

  /** Shows that the model is being loaded. */
  loading(): void {
    this.#display.show({label: 'loading', fraction: null});
  }

  /** Takes the bar off the screen. */
  clear(): void {
    this.#display.clear();
  }

  /** Shows an event. */
  show(event: TrainEvent): void {
    switch (event.type) {
      case 'data':
        for (const line of dataLines(event)) {
          this.#say(line);
        }

        return;
      case 'model':
        this.#resumedFrom = event.resumedFrom;
        this.#sayModel(event);
        return;
      case 'reference':
      case 'evaluation':
        this.#display.show({
          label: event.type === 'reference' ? 'log π_ref' : 'measuring',
          fraction: event.done / event.total,
        });
        return;
      case 'step':
        this.#showStep(event);
        return;
      case 'validation':
        this.#sayLook(event);
        return;
      default:
    }
  }

  #showStep(event: TrainStepEvent): void {
    const {step, steps, loss, accuracy, tokensPerSecond} = event;
    if (this.#steps === 0) {
      this.#began = Date.now();
    }

    this.#steps = steps;
    const share = accuracy === null ? '' : `, ${Math.round(100 * accuracy)} % right`;
    this.#display.show({
      label: 'training',
      fraction: step / steps,
      from: this.#resumedFrom / steps,
      since: this.#began,
      detail: `step ${step} of ${steps}, loss ${loss.toFixed(3)}${share}, ${Math.round(tokensPerSecond)} tokens/s`,
    });
  }

  #sayLook({step, loss, accuracy, isBest}: Extract<TrainEvent, {type: 'validation'}>): void {
    const share = accuracy === null || step === 0 ? '' : `, ${(100 * accuracy).toFixed(1)} % right`;
    const note = step === 0 ? ' untrained' : isBest ? ', the lowest so far' : '';
    const place = this.#steps === 0 ? `step ${step}` : `step ${step} of ${this.#steps}`;
    this.#say(`${place}: held-out loss ${loss.toFixed(4)}${share}${note}`);
  }

  #sayModel({description, resumedFrom}: Extract<TrainEvent, {type: 'model'}>): void {
    const {architecture, device, parameters, layers, layersTrained, memory, selfCheck} = description;
    const bytes = Object.values(memory).reduce((sum, one) => sum + one, 0);
    const which = layersTrained === layers ? `all ${layers}` : `the last ${layersTrained} of ${layers}`;
    this.#say(
      `${architecture}, an adapter of ${parameters.toLocaleString('en')} numbers on ${which} layers, ` +
        `${byteSize(bytes)} of memory${device && `, on ${printable(device)}`}; log-probabilities within ${selfCheck.worst.toPrecision(1)} nats of llama.cpp’s`,
    );
    if (resumedFrom > 0) {
      this.#say(`going on behind step ${resumedFrom}`);
    }
  }

  #say(line: string): void {
    if (!this.#quiet) {
      this.#display.clear();
      process.stderr.write(`implicit-prm: ${line}\n`);
    }
  }
}

function dataLines(event: TrainDataEvent): string[] {
  const {prompts, responses, right, heldOutPrompts, heldOutResponses, solutions, unused, learnedSolutions} =
    event;
  const left = Object.entries(unused).map(([reason, count]) => `${count} ${reasons[reason as UnusedReason]}`);
  const share = Math.round((100 * right) / responses);
  return [
    `${counted(responses, 'response')} to ${counted(prompts, 'prompt')} to learn from, ${share} % right; ` +
      `${heldOutResponses} to ${heldOutPrompts} held out`,
    ...(left.length === 0 ? [] : [`not used: ${left.join(', ')}`]),
    ...(solutions === 0 ? [] : [`${counted(solutions, 'solution')} to measure steps by`]),
    ...(learnedSolutions === 0
      ? []
      : [`${learnedSolutions} more answer a prompt that is learned from, and are left out`]),
  ];
}
