import {z} from 'zod';
import {InvalidInputError} from '../errors/invalid-input-error.js';
import {joinSteps} from '../steps/join-steps.js';
import type {StepSpan} from '../steps/step-span.js';
import {check} from '../utils/check.js';
import {evalAtPlace} from './eval-at-place.js';
import {evalLines} from './eval-lines.js';
import {evalRecord} from './eval-record.js';

/** A solution that is still to be scored. */
export interface UnscoredSample {
  /** Such as `gsm8k.json, sample 17`. */
  place: string;
  problem: string;
  response: string;
  spans: StepSpan[];
  label: number;
  finalAnswerCorrect: boolean | undefined;
}

const text = z.string().refine(value => value.isWellFormed(), 'expected well-formed UTF-16');
const schema = z
  .looseObject({
    problem: text,
    steps: z.array(text).min(1),
    label: z.int().min(-1),
    final_answer_correct: z.boolean().optional(),
  })
  .refine(({label, steps}) => label < steps.length, {
    path: ['label'],
    message: 'expected the index of a step, counted from 0, or -1',
  });

/**
 * Reads a file in ProcessBench's own format, as a JSON array or as JSON lines.
 *
 * @param file - a path
 * @param labelSteps - whether to begin each step with `Step N: `
 * @throws an error that names the line, or the sample of an array, which is wrong
 */
export async function evalProcessBenchSamples(
  file: string,
  labelSteps: boolean,
  signal: AbortSignal,
): Promise<UnscoredSample[]> {
  const lines: {bytes: Uint8Array; place: string}[] = [];
  for await (const line of evalLines(file, signal)) {
    lines.push(line);
  }

  const records = startsArray(lines[0]?.bytes)
    ? await arrayRecords(file, lines, signal)
    : lines.map(({bytes, place}) => ({place, read: () => evalRecord(bytes, schema, 'the line')}));
  const samples: UnscoredSample[] = [];
  for (const {place, read} of records) {
    samples.push(await evalAtPlace(place, signal, () => toSample(place, read(), labelSteps)));
  }

  if (samples.length === 0) {
    throw new InvalidInputError(`${file} has no sample in it`);
  }

  return samples;
}

function startsArray(bytes: Uint8Array | undefined): boolean {
  return (
    bytes !== undefined && /^\uFEFF?\s*\[/u.test(new TextDecoder('utf-8', {ignoreBOM: true}).decode(bytes))
  );
}

async function arrayRecords(file: string, lines: readonly {bytes: Uint8Array}[], signal: AbortSignal) {
  const whole = Buffer.concat(lines.flatMap(({bytes}) => [bytes, Buffer.from('\n')]));
  const values = await evalAtPlace(file, signal, () => evalRecord(whole, z.array(z.unknown()), 'the file'));
  return values.map((value, index) => ({
    place: `${file}, sample ${index + 1}`,
    read: () => check(schema, value, 'the sample'),
  }));
}

function toSample(
  place: string,
  {problem, steps, label, final_answer_correct: finalAnswerCorrect}: z.output<typeof schema>,
  labelSteps: boolean,
): UnscoredSample {
  const labelled = labelSteps ? steps.map((step, index) => `Step ${index + 1}: ${step}`) : steps;
  return {place, problem, ...joinSteps(labelled), label, finalAnswerCorrect};
}
