import {type Command, InvalidArgumentError} from 'commander';
import type {AnswerExtractor} from '../../rank/extraction/answer-extractor.js';
import {extractorText} from '../../rank/extraction/extractor-text.js';
import type {RunRecord} from '../../runs/record.js';
import {numberFromZero, positiveNumber, share, wholeNumber} from './numbers.js';
import {parseAnswerExtractor} from './scoring.js';

/** The options that say how a model draws what it writes, and where answers stand in that. */
export interface DrawingFlags {
  temperature?: number;
  topP?: number;
  minP?: number;
  topK?: number;
  seed: number;
  answer?: AnswerExtractor;
  allowSpecialTokens?: true;
}

/**
 * Adds the options of {@link DrawingFlags} to a command.
 *
 * @returns the command
 */
export function addDrawingOptions(command: Command): Command {
  return command
    .option('--temperature <number>', '0 takes the likeliest; 1 if left out', numberFromZero)
    .option('--top-p <share>', 'draw from the likeliest with this probability together', aboveZero)
    .option('--min-p <share>', 'draw none with less than this share of the likeliest’s probability', share)
    .option('--top-k <number>', 'draw from this many of the likeliest', wholeNumber(1))
    .option('--seed <number>', 'the same seed gives the same responses', wholeNumber(0, 2 ** 31 - 1), 0)
    .option(
      '--answer <where>',
      'where answers stand: boxed, answer-line, hash-marks (####), answer-tag, last-value, last-number or regex:PATTERN',
      parseAnswerExtractor,
    )
    .option('--allow-special-tokens', 'take the texts of special tokens for these tokens');
}

/** Makes the options of the command line into those of a generator, but for the seed: each problem has its own. */
export function drawingOf({temperature, topP, minP, topK, allowSpecialTokens, answer}: DrawingFlags) {
  return {temperature, topP, minP, topK, allowSpecialTokens, extractAnswer: answer};
}

/** Describes how is drawn, so that a run that is resumed can be compared. */
export function drawingIdentity(flags: DrawingFlags): RunRecord['identity'] {
  return {
    '--temperature': flags.temperature ?? 1,
    '--top-p': flags.topP ?? 1,
    '--min-p': flags.minP ?? 0,
    '--top-k': flags.topK ?? null,
    '--seed': flags.seed,
    '--answer': extractorText(flags.answer),
    '--allow-special-tokens': flags.allowSpecialTokens ?? false,
  };
}

function aboveZero(text: string): number {
  const value = positiveNumber(text);
  if (value > 1) {
    throw new InvalidArgumentError('It has to be a number above 0 and up to 1.');
  }

  return value;
}
