import {once} from 'node:events';
import process from 'node:process';
import {Command} from 'commander';
import {openPair} from '../../pair/open-pair.js';
import type {Pair} from '../../pair/pair.js';
import type {PairOptions} from '../../pair/pair-options.js';
import {createServer} from '../../serve/create-server.js';
import {printable} from '../../utils/printable.js';
import {interruptible} from '../interruptible.js';
import {addPairOptions, pairOptionsOf} from '../options/pair.js';
import {openProgressState} from '../terminal/open-progress.js';
import {ProgressDisplay} from '../terminal/progress-display.js';
import {writeStdout} from '../terminal/stdout.js';
import {addServeOptions, apiKeyOf, type ServeFlags} from './options.js';

/** Makes the command `serve`: a server of a pair, for trainers, evaluations and whoever has no Node. */
export function serveCommand(): Command {
  const command = new Command('serve').description(
    'Serve step rewards and log-probabilities over HTTP: OpenAI, vLLM, OpenRLHF, slime and veRL clients work unchanged.',
  );
  return addServeOptions(addPairOptions(command)).action(async () => {
    const flags = command.optsWithGlobals<ServeFlags>();
    const pairOptions = pairOptionsOf(flags, command);
    const apiKey = await apiKeyOf(flags);
    await interruptible(async signal => run(flags, apiKey, {...pairOptions, signal}));
  });
}

async function run(
  flags: ServeFlags,
  apiKey: string | undefined,
  pairOptions: PairOptions & {signal: AbortSignal},
): Promise<void> {
  const {host, port, maxQueueTokens, maxBody, timeLimit, reward, aggregate, split} = flags;
  let opened!: (pair: Pair) => void;
  const opening = new Promise<Pair>(resolve => {
    opened = resolve;
  });
  await using server = createServer(opening, {
    ...{apiKey, maxQueueTokens, reward, aggregate, split},
    maxBodyBytes: maxBody && maxBody * 2 ** 20,
    timeLimit: timeLimit && timeLimit * 1000,
    onError: tellError,
  });
  // Before the models, so that a port that is taken shows at once, and whoever asks hears that they are being loaded.
  const {url} = await server.listen({host, port});
  await using pair = await open(flags, pairOptions);
  opened(pair);
  await writeStdout(`Listening on ${url}\n`);
  await fired(pairOptions.signal);
  if (!flags.quiet) {
    process.stderr.write('implicit-prm: answering what has come, then ending\n');
  }

  await server.close();
}

async function open(flags: ServeFlags, pairOptions: PairOptions): Promise<Pair> {
  const {quiet = false, verbose = false} = flags;
  const display = new ProgressDisplay(!quiet && !verbose);
  try {
    return await openPair({
      ...pairOptions,
      onProgress: state => display.show(openProgressState(state)),
      onWarning: quiet ? undefined : ({message}) => process.stderr.write(`implicit-prm: ${message}\n`),
      onLog: verbose ? (level, text) => process.stderr.write(`${level}: ${printable(text)}\n`) : undefined,
    });
  } finally {
    display.clear();
  }
}

async function fired(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) {
    await once(signal, 'abort');
  }
}

function tellError(error: unknown, {method, path}: {method: string; path: string}): void {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`implicit-prm: ${method} ${printable(path)}: ${printable(message)}\n`);
}
