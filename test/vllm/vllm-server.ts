import {type ChildProcess, spawn} from 'node:child_process';
import {closeSync, openSync, readFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import {freePort} from '../helpers/free-port.js';
import {pythonOf, pythonSettings} from '../helpers/python-environment.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';

export interface VllmOptions {
  /** A folder with a model in Hugging Face's format, and the name that it is served by. */
  model: string;
  name: string;
  /** A folder with a PEFT adapter of it, and its name. */
  adapter: {directory: string; name: string};
  /** What clients have to send. */
  key: string;
  /** A port to listen on; any free one unless given. */
  port?: number;
}

const contextLength = 512;
/** Python imports for most of it, three processes one after the other. */
const secondsToStart = 900;

/** A real vLLM that computes on the CPU, in float32. */
export class VllmServer {
  readonly #child: ChildProcess;
  readonly #log: string;
  readonly port: number;

  private constructor(child: ChildProcess, port: number, log: string) {
    this.#child = child;
    this.port = port;
    this.#log = log;
  }

  /** Starts one and waits until it answers. */
  static async start(options: VllmOptions): Promise<VllmServer> {
    const port = options.port ?? (await freePort());
    const log = path.join(temporaryDirectory(), 'vllm.log');
    const output = openSync(log, 'w');
    const child = spawn(pythonOf('vllm'), commandLine(options, port), {
      stdio: ['ignore', output, output],
      // It has children, which are to end with it.
      detached: true,
      env: {...process.env, ...pythonSettings, ...settings},
    });
    closeSync(output);
    process.once('exit', () => kill(child));
    const server = new VllmServer(child, port, log);
    await server.#untilHealthy();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Ends it as a crash would: at once, with all its processes. */
  async kill(): Promise<void> {
    const ended = this.#hasEnded
      ? undefined
      : new Promise(resolve => {
          this.#child.once('exit', resolve);
        });
    kill(this.#child);
    await ended;
  }

  /** A number that it tells of itself, such as `num_requests_running`. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const value = new RegExp(`^vllm:${name}(?:\\{[^}]*\\})? (\\S+)$`, 'mu').exec(text)?.[1];
    if (value === undefined) {
      throw new Error(`vLLM tells nothing of ${name}`);
    }

    return Number(value);
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async #untilHealthy(): Promise<void> {
    const deadline = performance.now() + secondsToStart * 1000;
    while (!(await isHealthy(this.url))) {
      if (this.#hasEnded || performance.now() > deadline) {
        kill(this.#child);
        throw new Error(`vLLM did not start. The end of what it said:\n${this.#said()}`);
      }

      await sleep(250);
    }
  }

  #said(): string {
    return readFileSync(this.#log, 'utf8').slice(-4000);
  }
}

const settings = {
  // GiB. It takes half of the machine's memory unless told.
  VLLM_CPU_KVCACHE_SPACE: '1',
  VLLM_CPU_OMP_THREADS_BIND: 'nobind',
  OMP_NUM_THREADS: '1',
  VLLM_NO_USAGE_STATS: '1',
  // Compiling takes longer than all that is computed here.
  TORCHDYNAMO_DISABLE: '1',
};

function commandLine({model, name, adapter, key}: VllmOptions, port: number): string[] {
  return [
    ...['-m', 'vllm.entrypoints.openai.api_server', '--host', '127.0.0.1', '--port', String(port)],
    ...['--model', model, '--served-model-name', name, '--api-key', key],
    // Otherwise it does not tell its special tokens and its chat template.
    '--enable-tokenizer-info-endpoint',
    ...['--dtype', 'float32', '--max-model-len', String(contextLength), '--enforce-eager'],
    ...['--enable-lora', '--lora-modules', `${adapter.name}=${adapter.directory}`],
    // One adapter and room for two: otherwise it is applied to the base too where both are in one batch.
    ...['--max-loras', '2', '--max-lora-rank', '8'],
    // Not the last layer: with it, asking for the log-probabilities of a prompt ends the engine.
    ...['--lora-target-modules', 'q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'],
  ];
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`)).ok;
  } catch {
    return false;
  }
}

function kill(child: ChildProcess): void {
  try {
    process.kill(-child.pid!, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
