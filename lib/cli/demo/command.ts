import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {Command} from 'commander';
import {z} from 'zod';
import {formatLegend} from '../../paint/format-legend.js';
import {formatPrompt} from '../../paint/format-prompt.js';
import {formatResponse} from '../../paint/format-response.js';
import {formatNote, wrapLine} from '../../paint/format-text.js';
import {fullBar} from '../../paint/reward-scale.js';
import {tokenRewards} from '../../paint/tokens.js';
import {bundledPair} from '../../pair/bundled-pair.js';
import {openPair} from '../../pair/open-pair.js';
import type {Pair} from '../../pair/pair.js';
import {firstError} from '../../reward/first-error.js';
import {resultOf} from '../../score/result-of.js';
import {scoreSteps} from '../../score/score-steps.js';
import type {ScoredResponse} from '../../score/score-types.js';
import {check} from '../../utils/check.js';
import {escapeJson} from '../../utils/escape-json.js';
import {packageRoot} from '../../utils/package-root.js';
import {interruptible} from '../interruptible.js';
import {createChalk, terminalWidth, writeStdout} from '../terminal/stdout.js';

/** A line of `examples/arithmetic/traces.jsonl`. Fields that the demo has no use for are let through. */
const demoTraceSchema = z.looseObject({
  id: z.string(),
  prompt: z.string(),
  response: z.string(),
  steps: z.array(z.string()).min(1),
  /** The index of the first wrong step, −1 if there is none. */
  label: z.int().min(-1).optional(),
});

/** What `npm run make:pair` measured of the pair, as far as the demo tells of it. */
const figuresSchema = z.looseObject({
  threshold: z.number(),
  measured: z.looseObject({traces: z.int()}),
  found: z.looseObject({
    erroneous: z.int(),
    right: z.int(),
    ofErroneous: z.number(),
    ofRight: z.number(),
  }),
});
type Figures = z.output<typeof figuresSchema>;

const title = 'Traces of arithmetic, scored by the bundled pair. No step was ever labelled.';

/** Makes the command `demo`: scores the traces in `examples/arithmetic` with the bundled pair. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('Score six traces of arithmetic with the pair that comes with this package.')
    .option('--json', 'print the results as JSON')
    .action(async (_options: unknown, command: Command) => {
      const {json, color} = command.optsWithGlobals<{json?: true; color: boolean}>();
      await interruptible(async signal => {
        const figures = await readFigures();
        // The models are so small that a GPU would only add its start-up time.
        const pair = await openPair({...bundledPair(), gpu: false, signal});
        try {
          await (json ? printJson(pair, figures, signal) : printTraces(pair, figures, signal, color));
        } finally {
          await pair.close();
        }
      });
    });
}

async function printTraces(pair: Pair, figures: Figures, signal: AbortSignal, color: boolean): Promise<void> {
  const {beta} = pair.info;
  const {threshold} = figures;
  const layout = {chalk: createChalk(color), width: terminalWidth(), threshold, nat: beta};
  await writeStdout(paragraph(title, layout.width));
  await writeStdout(formatLegend(`β = ${beta} times the log-ratio of its tokens`, layout));
  const found: boolean[] = [];
  for await (const {trace, result} of scoredTraces(pair, signal)) {
    const {prompt, label} = trace;
    const {starts} = result.tokens;
    const view = {...result, tokens: {starts, rewards: tokenRewards(result.tokens, {beta})}};
    const response = formatResponse(view, {...layout, full: fullBar([result], beta)});
    await writeStdout(`\n${formatPrompt(prompt, layout)}${response}`);
    if (label !== undefined) {
      const predicted = predictedError(result, threshold);
      await writeStdout(formatNote(truth(label, predicted), layout.width));
      if (label >= 0) {
        found.push(predicted === label);
      }
    }
  }

  await writeStdout(`\n${paragraph(summary(found, figures), layout.width)}`);
}

async function printJson(pair: Pair, {threshold}: Figures, signal: AbortSignal): Promise<void> {
  const results: unknown[] = [];
  for await (const {trace, result} of scoredTraces(pair, signal)) {
    const {steps: _steps, ...fields} = trace;
    const predicted = predictedError(result, threshold);
    results.push({...fields, ...resultOf(result, {tokens: false}), predictedError: predicted});
  }

  await writeStdout(`${escapeJson(JSON.stringify(results, null, 2))}\n`);
}

async function* scoredTraces(pair: Pair, signal: AbortSignal) {
  for (const trace of await readTraces()) {
    const {prompt, response, steps} = trace;
    yield {trace, result: await scoreSteps(pair, {prompt, response, steps}, {signal})};
  }
}

async function readTraces() {
  const text = await readFile(path.join(packageRoot, 'examples', 'arithmetic', 'traces.jsonl'), 'utf8');
  const lines = text.trim().split('\n');
  return lines.map(line => check(demoTraceSchema, JSON.parse(line), 'a trace of the demo'));
}

/** Its threshold to two places, which say enough. */
async function readFigures(): Promise<Figures> {
  const text = await readFile(path.join(packageRoot, 'models', 'students', 'figures.json'), 'utf8');
  const figures = check(figuresSchema, JSON.parse(text), 'the figures of the bundled pair');
  return {...figures, threshold: Number(figures.threshold.toFixed(2))};
}

function predictedError({steps}: ScoredResponse, threshold: number): number {
  return firstError(
    steps.map(({probability}) => probability),
    threshold,
  );
}

function truth(label: number, predicted: number): string {
  if (label === -1) {
    return 'In truth no step is wrong.';
  }

  return label === predicted
    ? 'That is the true first error: found.'
    : `The true first error is step ${label + 1}: missed.`;
}

/** The rates are those of the pair's card, so that six picked traces are not taken for a measurement. */
function summary(found: readonly boolean[], {measured, found: rates}: Figures): string {
  const percentage = (share: number) => `${(100 * share).toFixed(1)} %`;
  return (
    `The mark found ${found.filter(Boolean).length} of ${found.length} first errors here. In ${measured.traces} traces ` +
    `that neither pair nor threshold was fitted to it found ${percentage(rates.ofErroneous)} of ${rates.erroneous} ` +
    `first errors, and ${percentage(rates.ofRight)} of ${rates.right} right traces got no mark, see ` +
    'models/students/CARD.md.'
  );
}

function paragraph(text: string, width: number): string {
  return `${wrapLine(text, width).join('\n')}\n`;
}
