import process from 'node:process';
import {runCli} from '../../lib/cli/run-cli.js';
import type {CliResult} from './cli-process.js';

/**
 * Runs the command line in this process, which takes a tenth of the time that one of its own takes to start. For what ends
 * before any model is opened; of tests that run one after the other.
 */
export async function runCliHere(args: readonly string[]): Promise<CliResult> {
  const output = {stdout: '', stderr: ''};
  const originals = (['stdout', 'stderr'] as const).map(name => ({
    name,
    write: process[name].write,
    listeners: process[name].listeners('error'),
  }));
  for (const {name} of originals) {
    process[name].write = (text: unknown, ...rest: unknown[]) => {
      output[name] += String(text);
      const done = rest.at(-1);
      if (typeof done === 'function') {
        done();
      }

      return true;
    };
  }

  try {
    const code = await runCli([process.execPath, 'implicit-prm', ...args]);
    return {code, ...output};
  } finally {
    for (const {name, write, listeners} of originals) {
      process[name].write = write;
      // A process of its own has one call to listen for; here they would become more and more.
      for (const listener of process[name].listeners('error').filter(added => !listeners.includes(added))) {
        process[name].off('error', listener as () => void);
      }
    }
  }
}
