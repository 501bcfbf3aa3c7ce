import process from 'node:process';
import {Readable} from 'node:stream';
import {runCli} from '../../lib/cli/run-cli.js';
import {type CliOptions, type CliResult, withoutTerminal} from './cli-process.js';

/**
 * Runs the command line in this process, which takes a tenth of the time that one of its own takes to start. For what does
 * not depend on how a process begins and ends; of tests that run one after the other.
 */
export async function runCliHere(
  args: readonly string[],
  {input = '', env = {}}: CliOptions = {},
): Promise<CliResult> {
  const output = {stdout: '', stderr: ''};
  const restored = [
    replaceProperty('env', {...withoutTerminal(process.env), ...env}),
    replaceProperty('stdin', Readable.from([Buffer.from(input)], {objectMode: false})),
    capture('stdout', text => {
      output.stdout += text;
    }),
    capture('stderr', text => {
      output.stderr += text;
    }),
  ];
  try {
    const code = await runCli([process.execPath, 'implicit-prm', ...args]);
    return {code, ...output};
  } finally {
    for (const restore of restored) {
      restore();
    }
  }
}

/** Has another value stand for a property of the process. Returns what undoes it. */
function replaceProperty(name: 'env' | 'stdin', value: unknown): () => void {
  const own = Object.getOwnPropertyDescriptor(process, name)!;
  Object.defineProperty(process, name, {configurable: true, enumerable: true, writable: true, value});
  return () => Object.defineProperty(process, name, own);
}

/** Takes what is written to a stream. Returns what undoes it. */
function capture(name: 'stdout' | 'stderr', take: (text: string) => void): () => void {
  const stream = process[name];
  const {write} = stream;
  const listeners = stream.listeners('error');
  stream.write = (text: unknown, ...rest: unknown[]) => {
    take(String(text));
    const done = rest.at(-1);
    if (typeof done === 'function') {
      done();
    }

    return true;
  };
  return () => {
    stream.write = write;
    // A process of its own has one call to listen for; here they would become more and more.
    for (const listener of stream.listeners('error').filter(added => !listeners.includes(added))) {
      stream.off('error', listener as () => void);
    }
  };
}
