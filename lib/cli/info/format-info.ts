import type {ModelInfo} from '../../engine/engine-info.js';
import {showValue} from '../../errors/show-value.js';
import type {ModelDescriptions, VocabularyDifference} from '../../pair/describe-models.js';
import type {RenderingInfo} from '../../text/rendering.js';
import {printable} from '../../utils/printable.js';
import {byteSize} from '../terminal/quantities.js';

/**
 * Lays out what GGUF files tell of their models, and whether the first and each other form a pair.
 *
 * @param files - the models as the user named them
 * @param descriptions - from `describeModels` for these files
 * @returns lines, each with its line end
 */
export function formatInfo(
  files: readonly string[],
  {models, differences, unusedTokensDiffer, renderings}: ModelDescriptions,
): string {
  const names = files.map(file => printable(file));
  const blocks = models.map((model, index) => [names[index]!, ...modelRows(model, renderings[index]!)]);
  const comparisons = differences
    .slice(1)
    .map((difference, index) =>
      comparison(names[0]!, names[index + 1]!, difference, unusedTokensDiffer[index + 1]!),
    );
  const notes = [...comparisons, ...warnings(models)];
  return [...blocks, ...(notes.length === 0 ? [] : [notes])].map(rows => `${rows.join('\n')}\n`).join('\n');
}

function modelRows(model: ModelInfo, rendering: RenderingInfo | null): string[] {
  const rows: [string, string][] = [
    ['architecture', model.architecture],
    ['name', model.name === '' ? 'none' : model.name],
    ['parameters', millions(model.parameters)],
    ['quantisation', model.quantisation],
    ['size', byteSize(model.sizeInBytes)],
    ['context length', count(model.contextLength, ' tokens')],
    ['layers', count(model.layers)],
    ['vocabulary', count(model.vocabularySize, ' tokens')],
    ['beta', model.beta === null ? 'not given (0.05 unless you say otherwise)' : String(model.beta)],
    ['chat template', model.chatTemplate === null ? 'no' : 'yes'],
    ...(model.chatTemplate === null ? [] : renderingRows(rendering)),
  ];
  return rows.map(([name, value]) => `  ${name.padEnd(16)}${printable(value)}`);
}

/** What becomes of a response in the chat template. */
function renderingRows(info: RenderingInfo | null): [string, string][] {
  if (info === null) {
    return [['rendering', 'none: the template has no place for a response, so prompts have to be raw']];
  }

  const {rendering, trims, keepsThinking, opensThinking} = info;
  const thinking = keepsThinking
    ? 'kept in the conversation'
    : 'dropped from the conversation, so a response with it is a continuation';
  return [
    ['rendering', rendering],
    ['white space', `at the ends of a response: ${trims ? 'trimmed' : 'scored'}`],
    ['thinking', opensThinking ? `${thinking}; the prompt for a generator opens it` : thinking],
  ];
}

function comparison(
  first: string,
  other: string,
  difference: VocabularyDifference | null,
  unusedDiffer: boolean,
): string {
  if (difference === null) {
    return unusedDiffer
      ? `${first} and ${other} form a pair: their vocabularies differ in unused tokens only.`
      : `${first} and ${other} form a pair: their vocabularies are equal.`;
  }

  const {token, left, right} = difference;
  const side = (text: string | null) => (text === null ? 'missing' : printable(showValue(text)));
  return (
    `${first} and ${other} do not form a pair: their vocabularies first differ at token ${token}, ` +
    `which is ${side(left)} in the first and ${side(right)} in the other.`
  );
}

function warnings(models: readonly ModelInfo[]): string[] {
  const quantisations = new Set(models.map(({quantisation}) => quantisation));
  if (quantisations.size < 2) {
    return [];
  }

  return [
    `Warning: the quantisations differ (${printable([...quantisations].join(', '))}). A pair should be of one ` +
      'quantisation, else the rewards contain the difference of the rounding.',
  ];
}

/** Such as 0.82 M or 7.62 B. */
function millions(parameters: number): string {
  return parameters < 1e9 ? `${(parameters / 1e6).toFixed(2)} M` : `${(parameters / 1e9).toFixed(2)} B`;
}

function count(value: number, unit = ''): string {
  return value === 0 ? 'unknown' : value.toLocaleString('en-GB') + unit;
}
