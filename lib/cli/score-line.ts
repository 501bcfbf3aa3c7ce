import {InvalidInputError} from '../errors/invalid-input-error.js';
import {showValue} from '../errors/show-value.js';
import type {Pair} from '../pair/pair.js';
import {scoreInputSchema} from '../score/score-schema.js';
import {scoreSteps} from '../score/score-steps.js';
import type {ScoredResponse, ScoreOptions} from '../score/score-types.js';
import {check} from '../utils/check.js';
import {escapeJson} from './escape-json.js';
import {jsonFields} from './json-fields.js';
import type {PrettyLine} from './pretty-lines.js';
import {resultOf} from './result-of.js';

interface ScoreLineOptions {
  scoring: ScoreOptions;
  /** Whether a response whose line does not say is complete. */
  complete: boolean;
  /** Whether the result has the tokens in it. */
  tokens: boolean;
  /** Lays the result out for people, in place of JSON. */
  pretty?: ((line: PrettyLine) => string) | undefined;
}

const inputFields = ['prompt', 'response', 'responses', 'steps', 'complete'];

/**
 * Scores what a line of JSON asks for.
 *
 * @param pair - an open pair
 * @param bytes - the line, UTF-8
 * @returns the result as a line of JSON: the line's other fields as they were, then the result's; or as it is laid out.
 * Without a line feed at its end
 * @throws {@link InvalidInputError} for a line that cannot be understood, and what `scoreSteps` throws
 */
export async function scoreLine(pair: Pair, bytes: Uint8Array, options: ScoreLineOptions): Promise<string> {
  const line = decode(bytes);
  const value = parseObject(line);
  const given = inputFields.filter(name => Object.hasOwn(value, name)).map(name => [name, value[name]]);
  const fields = {complete: options.complete, ...Object.fromEntries(given)};
  const {prompt, response, responses, steps, complete} = check(scoreInputSchema, fields, 'the line');
  const kept = [...jsonFields(line)].filter(([name]) => !inputFields.includes(name));
  const results = responses ? ['results'] : ['reward', 'score', ...(options.tokens ? ['tokens'] : [])];
  if (!options.pretty) {
    refuseTaken(kept, results);
  }

  const scored = await scoreSteps(
    pair,
    responses ? {prompt, responses, complete} : {prompt, response, steps, complete},
    options.scoring,
  );
  return options.pretty
    ? options.pretty({id: value.id, prompt, scored: [scored].flat()})
    : joinFields(kept, resultFields(scored, options));
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes);
  } catch (cause) {
    throw new InvalidInputError('The line is no valid UTF-8.', {cause});
  }
}

function parseObject(line: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new InvalidInputError(
      `The line is no valid JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
      {cause},
    );
  }

  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidInputError(`A line has to be a JSON object with a prompt, not ${showValue(value)}.`);
  }

  return value as Record<string, unknown>;
}

/** A field of the user's must not be lost under one of the result's. */
function refuseTaken(kept: readonly (readonly [string, string])[], results: readonly string[]): void {
  const taken = kept.find(([name]) => results.includes(name));
  if (taken) {
    throw new InvalidInputError(`The line has a field "${taken[0]}", as its result is to have: rename it.`);
  }
}

function resultFields(scored: ScoredResponse | ScoredResponse[], options: {tokens: boolean}): object {
  return Array.isArray(scored)
    ? {results: scored.map(one => resultOf(one, options))}
    : resultOf(scored, options);
}

function joinFields(kept: readonly (readonly [string, string])[], results: object): string {
  const fields = kept.map(([name, json]) => `${JSON.stringify(name)}:${json}`);
  return escapeJson(`{${[...fields, JSON.stringify(results).slice(1, -1)].join(',')}}`);
}
