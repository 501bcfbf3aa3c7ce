import {crossEntropy} from './cross-entropy.js';
import {dpo} from './dpo.js';
import {kto} from './kto.js';
import {nca} from './nca.js';
import type {Objective, ObjectiveName} from './objective.js';
import {supervised} from './supervised.js';

const objectives: Readonly<Record<ObjectiveName, Objective>> = {
  ce: crossEntropy,
  dpo,
  nca,
  kto,
  sft: supervised,
};

/** The names of the objectives. */
export const objectiveNames = Object.keys(objectives) as ObjectiveName[];

/** The objective of a name. */
export function findObjective(name: ObjectiveName): Objective {
  return objectives[name];
}
