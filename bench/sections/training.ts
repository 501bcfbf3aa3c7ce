import {openPair} from '../../lib/index.js';
import {implicitPrm} from '../drivers/implicit-prm.js';
import {pythonHas} from '../drivers/python-process.js';
import {inTurns, median, timeRun} from '../measure.js';
import type {BenchPair} from '../models.js';
import type {Settings} from '../settings.js';
import {digits, markdownTable} from '../table.js';
import {type LearnedWork, openPeftTrainer, openTrainer, type TrainingProcess} from '../training/process.js';
import {makeWorkloadFor, tokenCounts, type Workload, type WorkloadSize} from '../workload.js';

const sizes: WorkloadSize[] = [
  {prompt: 64, responses: 1, tokens: 256},
  {prompt: 64, responses: 4, tokens: 64},
  {prompt: 512, responses: 8, tokens: 64},
];

/** A pass over responses with an adapter of rank 16, beside scoring them, and beside PyTorch with PEFT. */
export async function trainingSection(settings: Settings): Promise<string> {
  const blocks = [];
  for (const pair of settings.pairs) {
    const rows = [];
    for (const size of chosenSizes(settings)) {
      const row = await scoringRow(pair, size, settings);
      console.error(`training: ${pair.name}  ${row.join('  ')}`);
      rows.push(row);
    }

    blocks.push(`### Training, ${pair.name}`, markdownTable(passHeader, rows));
    if (pythonHas('torch', 'transformers', 'peft')) {
      blocks.push(await peftTable(pair, settings));
    }
  }

  return blocks.join('\n\n');
}

function chosenSizes({sizes: asked}: Settings): WorkloadSize[] {
  return sizes.filter(({prompt}) => asked.some(size => size.prompt === prompt));
}

const passHeader = [
  'prompt + responses × tokens',
  'scoring / s',
  'forward / s',
  'of scoring',
  'with backward / s',
  'of a forward',
  'checkpointing / s',
  'of a forward',
];

/** Tokens a second of one model, what is shared counted once, and how the passes compare. */
async function scoringRow(pair: BenchPair, size: WorkloadSize, settings: Settings): Promise<string[]> {
  const {threads, rounds} = settings;
  const workload = await makeWorkloadFor(pair, size);
  const one = {policy: pair.policy, gpu: false, threads, cacheSize: 0} as const;
  const scoring = implicitPrm(await openPair(one));
  const work = learnedWork(workload);
  const kept = await openTrainer(pair.policy, {threads, checkpoint: false, work});
  const checkpointed = await openTrainer(pair.policy, {threads, checkpoint: true, work});
  const passes = [
    () => timeRun(scoring, workload),
    () => kept.forward(),
    () => kept.learn(),
    () => checkpointed.learn(),
  ];
  try {
    // The first of each warms what there is to warm.
    await inTurns(1, passes);
    const [score, forward, learn, checkpointing] = await inTurns(rounds, passes);
    const {shared} = tokenCounts(workload);
    const speed = (seconds: number) => digits(shared / seconds);
    const ratio = (a: number, b: number) => `${digits(a / b)} ×`;
    return [
      workload.name,
      speed(score!),
      speed(forward!),
      digits(score! / forward!),
      speed(learn!),
      ratio(learn!, forward!),
      speed(checkpointing!),
      ratio(checkpointing!, forward!),
    ];
  } finally {
    await scoring.close();
    await kept.close();
    await checkpointed.close();
  }
}

/** The same step by PyTorch, both with activations computed anew, in turns and each in a process of its own. */
async function peftTable(pair: BenchPair, settings: Settings): Promise<string> {
  const {threads, rounds} = settings;
  const rows = [];
  for (const size of chosenSizes(settings).slice(0, 2)) {
    const workload = await makeWorkloadFor(pair, size);
    const work = learnedWork(workload);
    const ours = await openTrainer(pair.policy, {threads, checkpoint: true, work});
    const theirs = await openPeftTrainer(pair.policy, {threads, work});
    await inTurns(1, [() => ours.learn(), () => theirs.learn()]);
    const turns = await pairedTurns(rounds, ours, theirs);
    const row = [
      workload.name,
      digits(median(turns.map(turn => turn.ours))),
      digits(median(turns.map(turn => turn.theirs))),
      // Of two passes of one turn, beside which the machine does the same.
      `${digits(median(turns.map(turn => turn.theirs / turn.ours)))} ×`,
      digits((await ours.peak()) / 2 ** 20),
      digits((await theirs.peak()) / 2 ** 20),
    ];
    await ours.close();
    await theirs.close();
    console.error(`training beside PEFT: ${pair.name}  ${row.join('  ')}`);
    rows.push(row);
  }

  return markdownTable(
    ['prompt + responses × tokens', 'ours / s', 'PEFT, BF16 / s', 'our speed', 'ours / MiB', 'PEFT / MiB'],
    rows,
  );
}

async function pairedTurns(
  rounds: number,
  ours: TrainingProcess,
  theirs: TrainingProcess,
): Promise<{ours: number; theirs: number}[]> {
  const turns = [];
  for (let round = 0; round < rounds; round++) {
    turns.push({ours: await ours.learn(), theirs: await theirs.learn()});
  }

  return turns;
}

function learnedWork({sequences}: Workload): LearnedWork {
  return sequences.map(({tokens, from}) => ({tokens: Array.from(tokens), from}));
}
