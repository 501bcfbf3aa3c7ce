import type {ChildProcess} from 'node:child_process';
import type {Socket} from 'node:net';
import process from 'node:process';
import {EngineCrashedError} from '../../errors/engine-crashed-error.js';
import {errorFromCode} from '../../errors/error-from-code.js';
import type {AddonOperation, AddonProgress} from '../native/addon-operation.js';
import type {LogListener} from '../native/native-engine.js';
import {forkChild} from './fork-child.js';
import {LastLines} from './last-lines.js';
import type {CallName, Calls, SentError, ToEngine, ToHost} from './messages.js';

interface PendingCall {
  resolve(result: unknown): void;
  reject(error: unknown): void;
  onProgress: AddonProgress | undefined;
}

/** What is listened for while a process lives. */
export interface EngineProcessListeners {
  onLog?: LogListener | undefined;
  /** Called once, before what is pending is rejected: with an error if the process ended by itself. */
  onEnd?: ((crash: EngineCrashedError | undefined) => void) | undefined;
}

/** A process that runs an engine. It keeps the host alive only while it owes an answer. */
export class EngineProcess {
  readonly #child: ChildProcess;
  readonly #listeners: EngineProcessListeners;
  readonly #pending = new Map<number, PendingCall>();
  readonly #logged = new LastLines();
  readonly #printed = new LastLines();
  /** Resolves when it is gone, and all that it said has been heard. */
  readonly #gone: Promise<void>;
  #calls = 0;
  #isKilled = false;
  #isGone = false;
  #crash: EngineCrashedError | undefined;
  #logHasThrown = false;

  /** @param cwd - where relative paths begin */
  constructor(cwd: string, listeners: EngineProcessListeners = {}) {
    this.#listeners = listeners;
    const child = forkChild(cwd);
    this.#child = child;
    this.#printed.follow(child.stdout);
    this.#printed.follow(child.stderr);
    child.on('message', message => this.#hear(message as ToHost));
    this.#gone = new Promise(resolve => {
      const end = (words: string, signal: NodeJS.Signals | null, exitCode: number | null) => {
        this.#end(words, signal, exitCode);
        resolve();
      };
      child.on('error', error => {
        if (child.pid === undefined) {
          end(`could not be started: ${error.message}`, null, null);
        }
      });
      // Not `exit`, which may come before its last words.
      child.on('close', (code, signal) =>
        end(signal ? `was ended by ${signal}` : `ended with code ${code}`, signal, code),
      );
    });
    this.#keepHost(false);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Asks it something. What was cancelled, or is pending when it is killed, is rejected with the code `CANCELLED`. */
  call<Name extends CallName>(
    call: Name,
    input: Calls[Name]['input'],
    onProgress?: AddonProgress,
  ): AddonOperation<Calls[Name]['result']> {
    const id = this.#calls++;
    const promise = new Promise<Calls[Name]['result']>((resolve, reject) => {
      if (this.#isGone || this.#isKilled) {
        reject(this.#crash ?? cancelled());
        return;
      }

      this.#say({id, call, input, progress: onProgress !== undefined} as ToEngine);
      this.#pending.set(id, {resolve: resolve as PendingCall['resolve'], reject, onProgress});
      this.#keepHost(true);
    });
    return {
      promise,
      cancel: () => {
        if (this.#pending.has(id)) {
          this.#say({id, cancel: true});
        }
      },
    };
  }

  /** Ends it: it holds nothing that outlives it. Resolves once it is gone; may be called again. */
  async kill(): Promise<void> {
    if (!this.#isGone) {
      this.#isKilled = true;
      this.#child.kill('SIGKILL');
      // Whoever waits for its end is to see it.
      this.#keepHost(true);
    }

    await this.#gone;
  }

  /** What cannot be sent because it is gone is rejected when its end is heard of. */
  #say(message: ToEngine): void {
    this.#child.send(message, () => {});
  }

  #hear(message: ToHost): void {
    if ('log' in message) {
      this.#hearLog(...message.log);
      return;
    }

    const pending = this.#pending.get(message.id);
    if ('progress' in message) {
      pending?.onProgress?.(...message.progress);
      return;
    }

    this.#pending.delete(message.id);
    this.#keepHost(this.#pending.size > 0);
    if ('error' in message) {
      pending?.reject(receivedError(message.error));
    } else {
      pending?.resolve(message.result);
    }
  }

  #hearLog(level: Parameters<LogListener>[0], text: string): void {
    this.#logged.add(text);
    try {
      this.#listeners.onLog?.(level, text);
    } catch (error) {
      // Nobody waits for a line of the log: there is no promise to reject.
      if (!this.#logHasThrown) {
        this.#logHasThrown = true;
        process.emitWarning(error instanceof Error ? error : String(error));
      }
    }
  }

  #end(words: string, signal: NodeJS.Signals | null, exitCode: number | null): void {
    if (this.#isGone) {
      return;
    }

    this.#isGone = true;
    // What is printed is printed when it crashes: an assertion that failed.
    const log = [...this.#logged.all, ...this.#printed.all];
    const said = this.#printed.all.at(-1);
    if (!this.#isKilled) {
      this.#crash = new EngineCrashedError(
        `The engine's process ${words}.${said === undefined ? '' : ` The last that it printed: ${said}`}`,
        {signal, exitCode, log},
      );
    }

    this.#listeners.onEnd?.(this.#crash);
    for (const {reject} of this.#pending.values()) {
      reject(this.#crash ?? cancelled());
    }

    this.#pending.clear();
  }

  #keepHost(keep: boolean): void {
    const {channel, stdout, stderr} = this.#child;
    for (const handle of [this.#child, channel, stdout as Socket | null, stderr as Socket | null]) {
      if (keep) {
        handle?.ref();
      } else {
        handle?.unref();
      }
    }
  }
}

function receivedError({code, message}: SentError): Error {
  if (code === undefined) {
    return new Error(message);
  }

  return code === 'CANCELLED' ? cancelled() : errorFromCode(code, message);
}

function cancelled(): Error {
  return Object.assign(new Error('cancelled'), {code: 'CANCELLED'});
}
