import {readFile} from 'node:fs/promises';
import process from 'node:process';
import {type Command, InvalidArgumentError, Option} from 'commander';
import {InvalidInputError} from '../../errors/invalid-input-error.js';
import type {Aggregate} from '../../reward/aggregate.js';
import type {RewardValue} from '../../serve/server-options.js';
import type {StepSplitter} from '../../steps/step-splitter.js';
import {fileError} from '../../utils/file-error.js';
import {wholeNumber} from '../options/numbers.js';
import type {PairFlags} from '../options/pair.js';
import {parseSplit} from '../options/scoring.js';

/** The options of the command `serve`. */
export interface ServeFlags extends PairFlags {
  host: string;
  port: number;
  apiKey?: string;
  apiKeyFile?: string;
  maxQueueTokens?: number;
  maxBody?: number;
  timeLimit?: number;
  reward?: RewardValue;
  aggregate?: Aggregate;
  split?: StepSplitter;
  verbose?: true;
  quiet?: true;
}

/** The variable that has the key: a command line is seen by everybody on the machine. */
const keyVariable = 'IMPLICIT_PRM_API_KEY';

/**
 * Adds the options of `serve` that are not those of the pair.
 *
 * @returns the command
 */
export function addServeOptions(command: Command): Command {
  return command
    .option('--host <address>', 'where to listen; others than this machine need a key', '127.0.0.1')
    .option('--port <number>', 'the port; 0 for any free one', wholeNumber(0, 65_535), 8000)
    .option(
      '--api-key <key>',
      `what clients have to send; better in ${keyVariable}, since all see a command line`,
      parseKey,
    )
    .addOption(new Option('--api-key-file <file>', 'a file with the key in it').conflicts('apiKey'))
    .option('--max-queue-tokens <number>', 'tokens that may wait; 1048576 if left out', wholeNumber(1))
    .option('--max-body <MiB>', 'the largest body of a request; 32 if left out', wholeNumber(1, 1024))
    .option('--time-limit <seconds>', 'for one request; 300 if left out', wholeNumber(1, 86_400))
    .addOption(
      new Option('--reward <what>', 'what trainers get for a response; sum if left out').choices([
        'sum',
        'score',
        'last',
      ]),
    )
    .addOption(
      new Option('--aggregate <how>', 'how steps make one score; min if left out').choices([
        'min',
        'sum',
        'mean',
        'last',
        'product',
      ]),
    )
    .option('--split <how>', 'where steps begin, as for score; blank-line if left out', parseSplit)
    .option('--quiet', 'show no progress and no warnings')
    .option('--verbose', 'print what llama.cpp logs to stderr')
    .addHelpText('after', notes);
}

const notes = `
The key is --api-key-file's, --api-key's, else that of the variable ${keyVariable}. The routes are described at
/openapi.json. SIGTERM or Ctrl-C: no more connections, what has come is answered, then it ends;
a second one ends it at once.
`;

/**
 * The key that clients have to send, wherever it was given.
 *
 * @returns `undefined` if there is none
 * @throws {@link InvalidInputError} if the file has none
 */
export async function apiKeyOf({apiKey, apiKeyFile}: ServeFlags): Promise<string | undefined> {
  if (apiKeyFile === undefined) {
    return apiKey ?? (process.env[keyVariable] || undefined);
  }

  const text = await readFile(apiKeyFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw fileError(`cannot read ${apiKeyFile}`, error);
  });
  const key = text.trim();
  if (key === '') {
    throw new InvalidInputError(`${apiKeyFile} has no key in it.`);
  }

  return key;
}

function parseKey(text: string): string {
  if (text.trim() === '') {
    throw new InvalidArgumentError('It has to be a text.');
  }

  return text;
}
