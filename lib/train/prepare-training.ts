import {InvalidInputError} from '../errors/invalid-input-error.js';
import {collectPrompts, type PlacedRecord} from './data/collect-prompts.js';
import {mismatchExamples} from './data/mismatch-examples.js';
import {promptKey} from './data/prompt-key.js';
import {type PromptSplit, splitPrompts} from './data/split-prompts.js';
import {type Tokeniser, tokenisePrompts} from './data/tokenise-prompts.js';
import type {TrainingExample, TrainingSet} from './data/training-set.js';
import {type Unit, unitsOf} from './data/training-units.js';
import {findObjective} from './objectives/find-objective.js';
import type {Objective} from './objectives/objective.js';
import type {TrainDataEvent} from './train-events.js';
import type {CheckedTrainOptions} from './train-options.js';

/** All that a training knows before the model is loaded. */
export interface PreparedTraining {
  objective: Objective;
  set: TrainingSet;
  split: PromptSplit;
  /** What is learned from, by prompt. */
  units: Unit[][];
  /** What the held-out loss is taken of. */
  heldOutUnits: Unit[];
  /** The same responses behind other prompts, where the objective needs them; else none. */
  mismatched: (TrainingExample | undefined)[];
  /** Solutions whose first wrong step is known, for measuring. */
  solutions: TrainingExample[];
  /** How many of those that were given answer a prompt that is learned from, and are left out. */
  learnedSolutions: number;
  /** The most tokens of an example. */
  longest: number;
}

/** What turns records into tokens. */
export interface Preparation {
  tokeniser: Tokeniser;
  /** The most tokens that the model takes. */
  contextLength: number;
  data: AsyncIterable<PlacedRecord>;
  steps: AsyncIterable<PlacedRecord> | undefined;
}

/**
 * Reads, sorts and tokenises what is learned from.
 *
 * @throws {@link InvalidInputError} for a record that is none, or if nothing is left to learn from
 */
export async function prepareTraining(
  {tokeniser, contextLength, data, steps}: Preparation,
  options: CheckedTrainOptions,
): Promise<PreparedTraining> {
  const {seed, validation, signal} = options;
  const objective = findObjective(options.objective);
  const maxLength = Math.min(contextLength, options.maxLength ?? contextLength);
  const tokenise = {objective, maxLength, signal};
  const set = await tokenisePrompts(tokeniser, await collectPrompts(data, objective), tokenise);
  requireSome(set, objective);
  const split = splitPrompts(set, {share: validation, seed});
  const mismatched = objective.usesReferencePoint
    ? await mismatchExamples(tokeniser, set.examples, {maxLength, seed, signal})
    : [];
  const given = await tokeniseSolutions(tokeniser, steps, maxLength, signal);
  const learned = new Set(examplesOf(set, split.training).map(({prompt}) => promptKey(prompt)));
  const solutions = given.filter(({prompt}) => !learned.has(promptKey(prompt)));
  const all = [...set.examples, ...solutions, ...mismatched.filter(example => example !== undefined)];
  return {
    objective,
    set,
    split,
    units: split.training.map(group => unitsOf(set, group, objective)),
    heldOutUnits: split.heldOut.flatMap(group => unitsOf(set, group, objective)),
    mismatched,
    solutions: [...examplesOf(set, split.heldOut).filter(({solution}) => solution), ...solutions],
    learnedSolutions: given.length - solutions.length,
    longest: all.reduce((most, {tokens}) => Math.max(most, tokens.length), 0),
  };
}

/** Tells what there is. */
export function describeData(prepared: PreparedTraining): Omit<TrainDataEvent, 'type'> {
  const {set, split, units, solutions, learnedSolutions} = prepared;
  const training = examplesOf(set, split.training);
  return {
    records: set.records,
    prompts: split.training.length,
    responses: training.length,
    right: training.filter(({correct}) => correct).length,
    units: units.reduce((sum, {length}) => sum + length, 0),
    heldOutPrompts: split.heldOut.length,
    heldOutResponses: examplesOf(set, split.heldOut).length,
    solutions: solutions.length,
    learnedSolutions,
    unused: set.unused,
  };
}

function examplesOf({examples, groups}: TrainingSet, wanted: readonly number[]): TrainingExample[] {
  return wanted.flatMap(group => groups[group]!).map(member => examples[member]!);
}

/** Solutions are measured and not learned from, so any label will do. */
async function tokeniseSolutions(
  tokeniser: Tokeniser,
  steps: AsyncIterable<PlacedRecord> | undefined,
  maxLength: number,
  signal: AbortSignal | undefined,
): Promise<TrainingExample[]> {
  if (steps === undefined) {
    return [];
  }

  const objective = findObjective('ce');
  const {examples} = await tokenisePrompts(tokeniser, await collectPrompts(withOutcome(steps), objective), {
    objective,
    maxLength,
    signal,
  });
  return examples.filter(({solution}) => solution);
}

async function* withOutcome(
  records: AsyncIterable<PlacedRecord>,
): AsyncGenerator<PlacedRecord, void, undefined> {
  for await (const {value, place} of records) {
    const isObject = typeof value === 'object' && value !== null;
    if (!(isObject && 'steps' in value && 'label' in value)) {
      throw new InvalidInputError(
        `${place} has to have "steps" and the "label" of the first wrong one, -1 for none.`,
      );
    }

    yield {value: {...value, correct: value.label === -1}, place};
  }
}

function requireSome(
  {examples, records, unused}: TrainingSet,
  {name, paired, usesReference}: Objective,
): void {
  if (records === 0) {
    throw new InvalidInputError('There is nothing to train on: the data have no record.');
  }

  if (examples.length === 0) {
    const reasons = Object.entries(unused).map(([reason, count]) => `${reason}: ${count}`);
    const advice = paired ? `; ${name} needs a right and a wrong response to a prompt, ce does not` : '';
    throw new InvalidInputError(
      `There is nothing to train on: no response can be used (${reasons.join(', ')})${advice}.`,
    );
  }
  const right = examples.filter(({correct}) => correct).length;
  if (usesReference && (right === 0 || right === examples.length)) {
    const all = right === 0 ? 'wrong' : 'right';
    throw new InvalidInputError(
      `There is nothing to tell apart: all ${examples.length} responses are ${all}.`,
    );
  }
}
