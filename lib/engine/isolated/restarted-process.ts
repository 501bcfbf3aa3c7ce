import process from 'node:process';
import {EngineCrashedError} from '../../errors/engine-crashed-error.js';
import {PairClosedError} from '../../errors/pair-closed-error.js';
import type {AddonPairOptions} from '../native/addon.js';
import type {AddonProgress} from '../native/addon-operation.js';
import type {LogListener} from '../native/native-engine.js';
import {runOperation} from '../native/run-operation.js';
import {EngineProcess} from './engine-process.js';
import type {Calls} from './messages.js';

/** How often it may crash with nothing evaluated between: what made it crash is then likely to do so again. */
const mostCrashes = 3;

/** A process with models loaded, and another one when it has crashed. */
export class RestartedProcess {
  readonly #options: AddonPairOptions;
  readonly #onLog: LogListener | undefined;
  readonly #cwd = process.cwd();
  #process: EngineProcess | undefined;
  #opening: Promise<Calls['open']['result']> | undefined;
  #crashes = 0;
  #lastCrash: EngineCrashedError | undefined;
  #isClosed = false;

  constructor(options: AddonPairOptions, onLog: LogListener | undefined) {
    this.#options = options;
    this.#onLog = onLog;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Starts a process and has it load the models; the signal ends it, whatever it is at. */
  async open(signal?: AbortSignal, onProgress?: AddonProgress): Promise<Calls['open']['result']> {
    const started = new EngineProcess(this.#cwd, {
      onLog: this.#onLog,
      onEnd: crash => {
        this.#process = undefined;
        this.#opening = undefined;
        if (crash) {
          this.#lastCrash = crash;
          this.#crashes++;
        }
      },
    });
    this.#process = started;
    const input = {options: this.#options, sendsDebug: this.#onLog !== undefined};
    const load = (report: AddonProgress | undefined) => ({
      promise: started.call('open', input, report).promise,
      cancel: () => void started.kill(),
    });
    this.#opening = runOperation(load, signal, onProgress);
    try {
      return await this.#opening;
    } catch (error) {
      await started.kill();
      throw error;
    }
  }

  /**
   * The process that has the models loaded, started again if there is none.
   *
   * @throws {@link EngineCrashedError} if it has crashed too often
   */
  async ready(): Promise<EngineProcess> {
    if (!this.#process) {
      this.#requireLuck();
    }

    await (this.#opening ?? this.open());
    if (!this.#process) {
      throw new PairClosedError('The pair was closed while it worked.');
    }

    return this.#process;
  }

  /** Something was evaluated: whatever crashed it before does not always do so. */
  succeed(): void {
    this.#crashes = 0;
  }

  /** Ends the process, and with it what is pending. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#process?.kill();
  }

  #requireLuck(): void {
    if (this.#isClosed) {
      throw new PairClosedError('The pair was closed while it worked.');
    }

    if (this.#crashes >= mostCrashes) {
      const {message, signal, exitCode, log} = this.#lastCrash!;
      throw new EngineCrashedError(
        `The engine crashed ${this.#crashes} times with nothing evaluated between, and is not started again: find out ` +
          `what it crashes on, then open another pair. ${message}`,
        {signal, exitCode, log, cause: this.#lastCrash},
      );
    }
  }
}
