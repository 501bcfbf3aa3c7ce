import {z} from 'zod';
import {InvalidInputError} from '../../errors/invalid-input-error.js';
import {formatShownText} from '../../paint/format-shown-text.js';
import type {Pair} from '../../pair/pair.js';
import {parseRecord} from '../../runs/input/parse-record.js';
import {checkRecord, missingField} from '../../runs/input/record-fields.js';
import {resultOf} from '../../score/result-of.js';
import {scoreInputSchema} from '../../score/score-schema.js';
import {scoreSteps} from '../../score/score-steps.js';
import type {ScoreOptions} from '../../score/score-types.js';
import {showText} from '../../score/show-text.js';
import {check} from '../../utils/check.js';
import {escapeJson} from '../../utils/escape-json.js';
import {jsonFields, jsonParts} from '../../utils/json-parts.js';
import type {PrettyLine} from './pretty-lines.js';

interface ScoreLineOptions {
  scoring: ScoreOptions;
  /** Whether a response whose line does not say is complete. */
  complete: boolean;
  /** Whether the result has the tokens in it. */
  tokens: boolean;
  /** Lays the result out for people, in place of JSON. */
  pretty?: ((line: PrettyLine) => string) | undefined;
  /** Shows what would be scored, in place of scoring it. */
  showText?: boolean | undefined;
}

/** Fields by their keys, as they are written. */
type JsonFields = readonly (readonly [name: string, json: string])[];

const inputFields = ['prompt', 'response', 'responses', 'steps', 'complete'];
// What the result has of its own, or does not need. The prompt is kept: a result is of little use without it.
const droppedFields = ['response', 'responses', 'steps', 'complete'];

/**
 * Scores what a line of JSON asks for. A response in a list may be an object with its `text` and other fields, such as
 * labels.
 *
 * @param pair - an open pair
 * @param bytes - the line, UTF-8
 * @returns the result as a line of JSON: the line's prompt and other fields as they were, then the result's; likewise for
 * each response that is an object; or as it is laid out. Without a line feed at its end
 * @throws {@link InvalidInputError} for a line that cannot be understood, and what `scoreSteps` throws
 */
export async function scoreLine(pair: Pair, bytes: Uint8Array, options: ScoreLineOptions): Promise<string> {
  const value = parseRecord(bytes, z.looseObject({}), 'the line');
  // Valid, since it has been parsed.
  const line = new TextDecoder().decode(bytes);
  const given = inputFields.filter(name => Object.hasOwn(value, name)).map(name => [name, value[name]]);
  const fields = {complete: options.complete, ...Object.fromEntries(given)};
  requireFields(value);
  fields.responses = textsOf(fields.responses);
  const {prompt, response, responses, steps, complete} = check(scoreInputSchema, fields, 'the line');
  const input = responses ? {prompt, responses, complete} : {prompt, response, steps, complete};
  if (options.showText) {
    const {allowSpecialTokens, signal} = options.scoring;
    return (await showText(pair, input, {allowSpecialTokens, signal})).map(formatShownText).join('\n\n');
  }

  const json = jsonFields(line);
  const kept = [...json].filter(([name]) => !droppedFields.includes(name));
  const own = ['reward', 'score', 'rendering', 'unscored', ...(options.tokens ? ['tokens'] : [])];
  const keptOfEach =
    responses && Array.from(jsonParts(json.get('responses')!), ({value}) => fieldsBeside(value));
  if (!options.pretty) {
    refuseTaken(kept, responses ? ['results'] : own);
    for (const keptOfOne of keptOfEach ?? []) {
      refuseTaken(keptOfOne, ['response', 'steps', ...own]);
    }
  }

  const scored = await scoreSteps(pair, input, options.scoring);
  if (options.pretty) {
    return options.pretty({id: value.id, prompt, scored: [scored].flat()});
  }

  const results = [scored].flat().map((one, index) => {
    const own = Object.entries(resultOf(one, options)).map(
      ([name, value]) => [name, JSON.stringify(value)] as const,
    );
    return joinFields([...(keptOfEach?.[index] ?? kept), ...own]);
  });
  return escapeJson(responses ? joinFields([...kept, ['results', `[${results.join()}]`]]) : results[0]!);
}

function requireFields(value: Record<string, unknown>): void {
  if (value.prompt === undefined) {
    throw missingField(['prompt'], value, 'the line');
  }

  const scored = ['response', 'responses', 'steps'];
  if (scored.every(name => value[name] === undefined)) {
    throw missingField(scored, value, 'the line');
  }

  for (const other of ['response', 'steps']) {
    if (value.responses !== undefined && value[other] !== undefined) {
      throw new InvalidInputError(`the line has "responses" and "${other}": leave one of them out`);
    }
  }
}

/** Of responses that are objects with a text and more the text; anything else as it is, for the schema to judge. */
function textsOf(responses: unknown): unknown {
  return Array.isArray(responses)
    ? responses.map((one, index) =>
        isObject(one)
          ? checkRecord(z.looseObject({text: z.string()}), one, `responses.${index} in the line`).text
          : one,
      )
    : responses;
}

/** What a response brings along beside its text. */
function fieldsBeside(response: string): JsonFields {
  return response.startsWith('{') ? [...jsonFields(response)].filter(([name]) => name !== 'text') : [];
}

/** A field of the user's must not be lost under one of the result's. */
function refuseTaken(kept: JsonFields, results: readonly string[]): void {
  const taken = kept.find(([name]) => results.includes(name));
  if (taken) {
    throw new InvalidInputError(`The line has a field "${taken[0]}", as its result is to have: rename it.`);
  }
}

function joinFields(fields: JsonFields): string {
  return `{${fields.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join()}}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
