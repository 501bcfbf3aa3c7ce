// Opens mutated models in child processes and tells what became of them.
//
//   npm run fuzz -- [--files COUNT] [--from SEED] [--seed SEED]
//
// --seed tries the file of one seed and keeps it, to look into a finding. Exit code 1 if a file ended a process, took
// over 20 seconds of computing, or threw an error without a code.
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {parseArgs} from 'node:util';
import {parseGguf} from '../helpers/raw-gguf.js';
import {makeBaseModels} from './base-models.js';
import {Dice} from './dice.js';
import {type Finding, fuzzModels} from './fuzz-models.js';
import {mutate} from './mutations.js';

const {values} = parseArgs({
  options: {
    files: {type: 'string', default: '1000'},
    from: {type: 'string', default: '0'},
    seed: {type: 'string'},
  },
});
const from = Number(values.seed ?? values.from);
const to = values.seed === undefined ? from + Number(values.files) : from + 1;
const directory = mkdtempSync(path.join(os.tmpdir(), 'implicit-prm-fuzz-'));
const bases = makeBaseModels(directory);
if (values.seed !== undefined) {
  keep(from);
}

const started = performance.now();
const {outcomes, findings} = await fuzzModels({
  directory,
  bases,
  from,
  to,
  onFinding: tellFinding,
  onProgress: seed => process.stderr.write(`${seed - from} of ${to - from} files\n`),
});
rmSync(directory, {recursive: true});
const seconds = Math.round((performance.now() - started) / 1000);
console.log(`\n${to - from} files (seeds ${from} to ${to - 1}) in ${seconds} s:`);
for (const [outcome, count] of [...outcomes].sort((left, right) => right[1] - left[1])) {
  console.log(`${String(count).padStart(8)}  ${outcome}`);
}

process.exitCode = findings.length > 0 ? 1 : 0;

function tellFinding({seed, base, what, how, stderr}: Finding): void {
  console.log(`seed ${seed}: ${how}\n  ${base}: ${what}\n${stderr.replaceAll(/^/gmu, '  | ')}`);
}

function keep(seed: number): void {
  const dice = new Dice(seed);
  const bytes = readFileSync(dice.pick(bases).path);
  const file = path.join(os.tmpdir(), `implicit-prm-fuzz-${seed}.gguf`);
  writeFileSync(file, mutate(bytes, parseGguf(bytes), dice).bytes);
  console.log(`kept as ${file}`);
}
