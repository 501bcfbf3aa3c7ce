// Makes and opens mutated files, one after the other, and tells of each on a line of stdout. What ends this process
// tells about the file it was at.

import {readFileSync, rmSync, writeFileSync, writeSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {describeModels, ImplicitPrmError, openPair, type PairOptions, scoreSteps} from '../../lib/index.js';
import {arithmeticPair} from '../helpers/pairs.js';
import {type ParsedGguf, parseGguf} from '../helpers/raw-gguf.js';
import type {BaseModel} from './base-models.js';
import {Dice} from './dice.js';
import type {Message, Task} from './fuzz-models.js';
import {mutate} from './mutations.js';

/** What became of a file that was refused before llama.cpp saw it. */
const refused = 'MODEL_INVALID by the check';

const {directory, bases, from, to}: Task = JSON.parse(process.argv[2]!);
const {reference} = arithmeticPair();
const file = path.join(directory, `mutated-${process.pid}.gguf`);
process.on('exit', () => rmSync(file, {force: true}));
const models = new Map<BaseModel, {bytes: Buffer; parsed: ParsedGguf}>();

for (let seed = from; seed < to; seed++) {
  const dice = new Dice(seed);
  const base = dice.pick(bases);
  const {bytes, parsed} = read(base);
  const {what, bytes: mutated} = mutate(bytes, parsed, dice);
  writeFileSync(file, mutated);
  tell({started: seed, base: base.name, what});
  tell({ended: seed, outcome: await outcomeOf(base, dice)});
}

function tell(message: Message): void {
  writeSync(1, `${JSON.stringify(message)}\n`);
}

function read(base: BaseModel) {
  let model = models.get(base);
  if (model === undefined) {
    const bytes = readFileSync(base.path);
    model = {bytes, parsed: parseGguf(bytes)};
    models.set(base, model);
  }

  return model;
}

async function outcomeOf({isAdapter}: BaseModel, dice: Dice): Promise<string> {
  const options: PairOptions = isAdapter ? {policy: reference, lora: file} : {policy: file};
  try {
    if (!isAdapter) {
      await describeModels([file]);
    }

    return await scored({
      ...options,
      ...(dice.chance(0.3) && !isAdapter ? {reference} : {}),
      ...(dice.chance(0.5) ? {contextSize: 100} : {}),
    });
  } catch (error) {
    if (error instanceof ImplicitPrmError) {
      return error.message.includes(' is not usable: ') ? refused : error.code;
    }

    return `untyped: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
  }
}

async function scored(options: PairOptions): Promise<string> {
  const pair = await openPair({gpu: false, threads: 1, batchSize: 32, ...options});
  try {
    await scoreSteps(pair, {prompt: {raw: '2+3='}, response: 'Step 1: 5\n\nAnswer: 5'});
    return 'scored';
  } finally {
    await pair.close();
  }
}
