import type {Worker} from 'node:worker_threads';
import {startWorker} from '../../utils/start-worker.js';
import type {WorkerMessage} from './template-job.js';

/** How many threads are kept when they have nothing to do. */
const kept = 2;
const idle: Worker[] = [];

/** A thread that renders templates: one that has nothing to do, or another one with so many mebibytes of memory. */
export async function takeThread(memory: number): Promise<Worker> {
  const free = idle.findIndex(({resourceLimits}) => resourceLimits?.maxOldGenerationSizeMb === memory);
  return idle.splice(free, free === -1 ? 0 : 1)[0] ?? startThread(memory);
}

/** Gives a thread back that has nothing to do. It does not keep the process alive. */
export async function giveThreadBack(worker: Worker): Promise<void> {
  if (idle.length < kept) {
    worker.unref();
    idle.push(worker);
  } else {
    await worker.terminate();
  }
}

/** The next message of a thread, unless it ends before. */
export async function messageOf(worker: Worker): Promise<WorkerMessage> {
  return new Promise((resolve, reject) => {
    const settle = (settleWith: () => void) => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      settleWith();
    };
    const onMessage = (message: WorkerMessage) => settle(() => resolve(message));
    const onError = (error: unknown) => settle(() => reject(error));
    const onExit = () => settle(() => reject(new Error('The thread that renders chat templates has ended')));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
  });
}

async function startThread(memory: number): Promise<Worker> {
  const worker = startWorker(import.meta.url, 'template-worker', {
    resourceLimits: {maxOldGenerationSizeMb: memory},
  });
  // One that nobody waits for must not end the process.
  worker.on('error', () => {});
  worker.once('exit', () => {
    const index = idle.indexOf(worker);
    idle.splice(index, index === -1 ? 0 : 1);
  });
  await messageOf(worker);
  return worker;
}
