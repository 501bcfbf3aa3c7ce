import type {Worker} from 'node:worker_threads';
import {ChatTemplateError} from '../../errors/chat-template-error.js';
import {PairClosedError} from '../../errors/pair-closed-error.js';
import type {TemplateJob, TemplateNames, TemplateResult, WorkerMessage} from './template-job.js';
import {giveThreadBack, messageOf, takeThread} from './template-threads.js';

/** What a rendering may take. */
export interface RenderLimits {
  /** Milliseconds for one job. */
  deadline: number;
  /** Mebibytes of memory. */
  memory: number;
}

/** Far more than a prompt of a million tokens takes. */
const usualLimits: RenderLimits = {deadline: 5000, memory: 256};

/**
 * Renders one template on another thread: a template is a program that came with a model, and may loop or allocate for
 * ever. A thread is ended when a job takes too much or its signal fires.
 */
export class TemplateRenderer {
  readonly #source: string;
  readonly #names: TemplateNames;
  readonly #title: string;
  readonly #limits: RenderLimits;
  readonly #closing = new AbortController();
  #last: Promise<unknown> = Promise.resolve();

  /** @param title - what to call the template in errors, such as `The chat template of a.gguf` */
  constructor(
    {source, names}: {source: string; names: TemplateNames},
    title: string,
    limits: Partial<RenderLimits> = {},
  ) {
    this.#source = source;
    this.#names = names;
    this.#title = title;
    this.#limits = {...usualLimits, ...limits};
  }

  /**
   * Renders a conversation and its answers, after the jobs that came before.
   *
   * @throws {@link ChatTemplateError} if the template cannot be parsed or takes too much; the signal's reason;
   * {@link PairClosedError}
   */
  async run(job: TemplateJob, signal?: AbortSignal | undefined): Promise<TemplateResult> {
    const result = this.#last.then(async () => this.#runNow(job, signal));
    this.#last = result.catch(() => undefined);
    return signal ? beforeAbort(result, signal) : result;
  }

  /** Ends what is under way. */
  close(): void {
    this.#closing.abort(new PairClosedError('The pair is closed: open another one.'));
  }

  /** The error that something is wrong with the template. */
  failure(what: string): ChatTemplateError {
    return new ChatTemplateError(
      'CHAT_TEMPLATE_FAILED',
      `${this.#title} ${what}. Give the prompt as {raw} to do without it.`,
    );
  }

  async #runNow(job: TemplateJob, signal: AbortSignal | undefined): Promise<TemplateResult> {
    const {deadline, memory} = this.#limits;
    signal?.throwIfAborted();
    this.#closing.signal.throwIfAborted();
    const worker = await takeThread(memory);
    const late = new AbortController();
    const giveUp = () => late.abort(this.failure(`did not come to an end within ${deadline / 1000} s`));
    // An answer that came in time may lie unread where this thread was busy for so long: it is read before the immediate.
    const timer = setTimeout(() => setImmediate(giveUp), deadline);
    try {
      const stop = AbortSignal.any([late.signal, this.#closing.signal, ...(signal ? [signal] : [])]);
      const result = this.#resultOf(await this.#answer(worker, job, stop));
      await giveThreadBack(worker);
      return result;
    } catch (error) {
      // Whatever it was, the thread is busy with it, or gone.
      await worker.terminate();
      throw isOutOfMemory(error) ? this.failure(`took more than ${memory} MiB of memory`) : error;
    } finally {
      clearTimeout(timer);
    }
  }

  async #answer(worker: Worker, job: TemplateJob, stop: AbortSignal): Promise<WorkerMessage> {
    worker.ref();
    const message = beforeAbort(messageOf(worker), stop);
    worker.postMessage({...job, source: this.#source, names: this.#names});
    return message;
  }

  #resultOf(message: WorkerMessage): TemplateResult {
    if (typeof message === 'object' && 'unparsable' in message) {
      throw this.failure(`could not be parsed: ${message.unparsable}`);
    }

    return (message as {result: TemplateResult}).result;
  }
}

/** What a promise gives, unless the signal fires before. */
async function beforeAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, {once: true});
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    if (signal.aborted) {
      onAbort();
    }
  });
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && (error as Error & {code?: string}).code === 'ERR_WORKER_OUT_OF_MEMORY';
}
