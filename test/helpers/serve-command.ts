import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import process from 'node:process';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** A server that was started on the command line. */
export interface ServeProcess {
  url: string;
  child: ChildProcess;
  /** Has it end as a supervisor does, and waits until it has. Returns its exit code. */
  stop(): Promise<number | null>;
}

/** Starts `implicit-prm serve` on a free port and waits until it listens. */
export async function serveCommand(...options: string[]): Promise<ServeProcess> {
  const child = spawn(process.execPath, [main, 'serve', '--port', '0', '--quiet', ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  const ended = once(child, 'close') as Promise<[number | null]>;
  for await (const line of createInterface({input: child.stdout})) {
    const url = /http:\/\/\S+/u.exec(line)?.[0];
    if (url !== undefined) {
      return {
        url,
        child,
        async stop() {
          child.kill('SIGTERM');
          return (await ended)[0];
        },
      };
    }
  }

  const [code] = await ended;
  throw new Error(`implicit-prm serve ended with ${code} before it listened.`);
}
