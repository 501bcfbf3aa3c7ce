import process from 'node:process';
import type {LocalGeneratorOptions, RemoteGeneratorOptions} from '../../generate/generator-options.js';
import {type OpenGenerator, openGenerator} from '../../generate/open-generator.js';
import {openPair} from '../../pair/open-pair.js';
import type {Pair} from '../../pair/pair.js';
import type {PairOptions} from '../../pair/pair-options.js';
import type {PairWarning} from '../../pair/warnings.js';
import {printable} from '../../utils/printable.js';
import {openProgressState} from '../terminal/open-progress.js';
import type {ProgressDisplay} from '../terminal/progress-display.js';

interface OpenFlags {
  quiet?: boolean;
  verbose?: boolean;
}

/**
 * Opens a pair, with progress, warnings and what llama.cpp logs on stderr.
 *
 * @param known - codes of warnings that are no news to this command
 */
export async function openPairShowing(
  options: PairOptions,
  {quiet, verbose}: OpenFlags,
  display: ProgressDisplay,
  known: readonly PairWarning['code'][] = [],
): Promise<Pair> {
  const warn = ({code, message}: PairWarning) => {
    if (!known.includes(code)) {
      process.stderr.write(`implicit-prm: ${message}\n`);
    }
  };
  return openPair({
    ...options,
    onProgress: state => display.show(openProgressState(state)),
    onWarning: quiet ? undefined : warn,
    onLog: verbose ? writeLog : undefined,
  }).finally(() => display.clear());
}

/** The same for a model that writes. */
export async function openGeneratorShowing(
  options: LocalGeneratorOptions | RemoteGeneratorOptions,
  {verbose}: OpenFlags,
  display: ProgressDisplay,
): Promise<OpenGenerator> {
  display.show({label: 'loading', fraction: null});
  return openGenerator('url' in options || !verbose ? options : {...options, onLog: writeLog}).finally(() =>
    display.clear(),
  );
}

function writeLog(level: string, text: string): void {
  process.stderr.write(`${level}: ${printable(text)}\n`);
}
