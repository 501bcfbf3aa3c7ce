import {openPair, type PairOptions, type TokenSequence} from '../../lib/index.js';
import {seededRandom} from '../../lib/utils/seeded-random.js';
import {arithmeticPair} from '../../test/helpers/pairs.js';
import {inTurns, secondsOf} from '../measure.js';
import type {BenchPair} from '../models.js';
import type {Settings} from '../settings.js';
import {digits, markdownTable} from '../table.js';

const batchSizes = [64, 128, 256, 512];
const size = {prompt: 256, responses: 16, tokens: 64};

/** What the defaults rest on: how large a batch, and where the log-softmax. */
export async function choicesSection(settings: Settings): Promise<string> {
  const rows = [];
  const arithmetic = {...arithmeticPair(), name: 'arithmetic, 0.8 M'};
  for (const pair of [arithmetic, ...settings.pairs]) {
    const row = await pairRow(pair, settings);
    console.error(`choices: ${row.join('  ')}`);
    rows.push(row);
  }

  return markdownTable(
    ['pair', ...batchSizes.map(count => `batch of ${count}`), 'the default', 'log-softmax in the graph'],
    rows,
  );
}

/** Tokens evaluated per second for each choice. */
async function pairRow({name, policy, reference}: BenchPair, {threads, rounds}: Settings): Promise<string[]> {
  const base = {policy, reference, gpu: false, threads, contextSize: 512, cacheSize: 0} as const;
  const first = await openPair(base);
  const {info} = first;
  await first.close();
  const sequences = randomSequences(info.policy.vocabularySize);
  const choices: Partial<PairOptions>[] = [
    ...batchSizes.map(batchSize => ({batchSize})),
    {logSoftmax: 'graph'},
  ];
  const works = choices.map(choice => async () => {
    const pair = await openPair({...base, ...choice});
    try {
      return await secondsOf(() => pair.engine.logprobs(sequences));
    } finally {
      await pair.close();
    }
  });
  const seconds = await inTurns(rounds, works);
  const evaluated = 2 * (size.prompt + size.responses * size.tokens);
  const speeds = seconds.map(value => digits(evaluated / value));
  return [name, ...speeds.slice(0, -1), String(info.batchSize), speeds.at(-1)!];
}

/** How fast a model is does not depend on the text. */
function randomSequences(vocabularySize: number): TokenSequence[] {
  const random = seededRandom(1);
  const some = (count: number) => Array.from({length: count}, () => Math.floor(random() * vocabularySize));
  const start = some(size.prompt);
  return Array.from({length: size.responses}, () => ({
    tokens: Int32Array.from([...start, ...some(size.tokens)]),
    from: size.prompt,
  }));
}
