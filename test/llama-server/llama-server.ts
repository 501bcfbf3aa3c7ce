import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import process from 'node:process';
import {createInterface} from 'node:readline';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {pythonOf} from '../helpers/python-environment.js';

const program = fileURLToPath(new URL('server.py', import.meta.url));

/** What a server is started with. */
export interface LlamaServerOptions {
  /** The GGUF that it serves. */
  model: string;
  /** What clients have to send. */
  key: string;
  /** The port to listen on; any free one if left out. */
  port?: number;
}

/** A real llama-server that computes on the CPU, eight texts at a time. */
export class LlamaServer {
  /** Starts one and waits until it listens. */
  static async start({model, key, port = 0}: LlamaServerOptions): Promise<LlamaServer> {
    const child = spawn(pythonOf('llama-server'), [program, model, key, String(port)], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    process.once('exit', () => child.kill('SIGKILL'));
    for await (const line of createInterface({input: child.stdout})) {
      const url = /https?:\/\/\S+/u.exec(line)?.[0];
      if (url !== undefined) {
        return new LlamaServer(child, url, key);
      }
    }

    throw new Error('llama-server ended before it listened.');
  }

  readonly #child: ChildProcess;
  readonly #key: string;
  readonly url: string;

  private constructor(child: ChildProcess, url: string, key: string) {
    this.#child = child;
    this.url = url;
    this.#key = key;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGKILL');
      await once(this.#child, 'exit');
    }
  }

  /** How many texts it is writing. */
  async busy(): Promise<number> {
    const response = await fetch(`${this.url}/slots`, {headers: {authorization: `Bearer ${this.#key}`}});
    const slots = (await response.json()) as {is_processing: boolean}[];
    return slots.filter(({is_processing: writes}) => writes).length;
  }

  /** Waits until it writes nothing, for ten seconds at most. Returns whether it does. */
  async fallsSilent(): Promise<boolean> {
    for (let waited = 0; waited < 200; waited++) {
      if ((await this.busy()) === 0) {
        return true;
      }

      await sleep(50);
    }

    return false;
  }
}
