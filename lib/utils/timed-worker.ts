import type {Worker} from 'node:worker_threads';
import {startWorker} from './start-worker.js';

/** What a worker thread is sent and sends back; the first message it sends, on its own, is `{ready: true}`. */
export interface WorkerAnswer<Response> {
  response?: Response;
  /** The message of an error. */
  error?: string;
}

/** A job took longer than it may. */
export class TimeLimitError extends Error {}

/** How to run a worker thread. */
export interface TimedWorkerOptions {
  /** How long a job may take, in milliseconds. */
  timeLimit: number;
  /** How much its heap may grow, in MiB. */
  memoryLimit: number;
}

interface Job<Request, Response> {
  request: Request;
  resolve: (response: Response) => void;
  reject: (reason: unknown) => void;
}

/** Starting a thread and loading what it needs may take so long, on a busy machine too. */
const startLimit = 60_000;

/**
 * Runs jobs in a worker thread, one after the other, each with a time limit: for code that cannot be trusted to come to
 * an end. A thread that runs over the limit is ended, and the next job gets a new one. It keeps no process alive that
 * waits for nothing else.
 */
export class TimedWorker<Request, Response> implements AsyncDisposable {
  readonly #module: string;
  readonly #name: string;
  readonly #options: TimedWorkerOptions;
  readonly #jobs: Job<Request, Response>[] = [];
  #thread: Worker | undefined;
  #isReady = false;
  #running: Job<Request, Response> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #late: NodeJS.Immediate | undefined;

  /**
   * @param module - the URL of the module that has the worker's entry beside it
   * @param name - the entry's file name without extension
   */
  constructor(module: string, name: string, options: TimedWorkerOptions) {
    this.#module = module;
    this.#name = name;
    this.#options = options;
  }

  /**
   * Runs a job when those before it have ended.
   *
   * @throws {@link TimeLimitError}, what the worker threw as an `Error`, and the reason of an abort
   */
  async run(request: Request, signal?: AbortSignal): Promise<Response> {
    signal?.throwIfAborted();
    return new Promise<Response>((resolve, reject) => {
      const abort = () => this.#end(job, () => reject(signal?.reason));
      const settled =
        <Value>(settle: (value: Value) => void) =>
        (value: Value) => {
          signal?.removeEventListener('abort', abort);
          settle(value);
        };
      const job = {request, resolve: settled(resolve), reject: settled(reject)};
      signal?.addEventListener('abort', abort, {once: true});
      this.#jobs.push(job);
      this.#next();
    });
  }

  /** Ends the thread. Jobs that still wait or run are rejected. */
  async close(): Promise<void> {
    const waiting = [...this.#jobs.splice(0), ...(this.#running ? [this.#running] : [])];
    this.#running = undefined;
    const thread = this.#thread;
    this.#forget();
    for (const job of waiting) {
      job.reject(new Error('The worker was closed.'));
    }

    await thread?.terminate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #next(): void {
    if (this.#running || this.#jobs.length === 0) {
      return;
    }

    if (!this.#thread) {
      this.#start();
      return;
    }

    if (this.#isReady) {
      this.#running = this.#jobs.shift()!;
      this.#thread.ref();
      this.#limit(this.#options.timeLimit);
      this.#thread.postMessage(this.#running.request);
    }
  }

  #start(): void {
    // What libraries write to the console is nothing for the user's.
    const thread = startWorker(this.#module, this.#name, {
      stdout: true,
      stderr: true,
      resourceLimits: {maxOldGenerationSizeMb: this.#options.memoryLimit},
    });
    this.#thread = thread;
    thread.stdout.resume();
    thread.stderr.resume();
    thread.on('message', (answer: WorkerAnswer<Response> & {ready?: true}) => {
      if (thread === this.#thread) {
        this.#take(answer);
      }
    });
    thread.on('error', error => {
      if (thread === this.#thread) {
        this.#fail(error);
      }
    });
    this.#limit(startLimit);
  }

  #take(answer: WorkerAnswer<Response> & {ready?: true}): void {
    this.#lift();
    this.#thread!.unref();
    if (answer.ready) {
      this.#isReady = true;
    } else {
      const job = this.#running;
      this.#running = undefined;
      if (answer.error === undefined) {
        job?.resolve(answer.response!);
      } else {
        job?.reject(new Error(answer.error));
      }
    }

    this.#next();
  }

  /** The thread has ended, or has to: the job that ran, or that it was started for, fails, and others get a new one. */
  #fail(error: Error): void {
    const job = this.#running ?? this.#jobs.shift();
    this.#running = undefined;
    void this.#thread?.terminate();
    this.#forget();
    job?.reject(error);
    this.#next();
  }

  /** Takes a job out, whether it waits or runs. */
  #end(job: Job<Request, Response>, settle: () => void): void {
    const place = this.#jobs.indexOf(job);
    if (place !== -1) {
      this.#jobs.splice(place, 1);
    } else if (this.#running === job) {
      this.#running = undefined;
      void this.#thread?.terminate();
      this.#forget();
      this.#next();
    }

    settle();
  }

  #limit(milliseconds: number): void {
    this.#lift();
    const giveUp = () => this.#fail(new TimeLimitError(`It took longer than ${milliseconds} ms.`));
    // An answer that came in time may lie unread where this thread was busy for so long: it is read before the immediate.
    this.#timer = setTimeout(() => {
      this.#late = setImmediate(giveUp);
    }, milliseconds);
  }

  #lift(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#late);
  }

  #forget(): void {
    this.#lift();
    this.#thread = undefined;
    this.#isReady = false;
  }
}
