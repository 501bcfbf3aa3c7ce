import {Worker, type WorkerOptions} from 'node:worker_threads';

const isSource = import.meta.url.endsWith('.ts');

/**
 * Starts a worker thread with a module of this package. From source, as tests load it, the thread has to be taught
 * TypeScript first: tsx does that for the main one only.
 *
 * @param module - the URL of a module that has the worker's entry beside it
 * @param name - the entry's file name without extension
 * @param options - those of the thread; what the process was started with is of no use to it
 */
export function startWorker(
  module: string,
  name: string,
  options: Omit<WorkerOptions, 'eval' | 'execArgv'>,
): Worker {
  const entry = new URL(`./${name}.${isSource ? 'ts' : 'js'}`, module);
  return new Worker(isSource ? fromSource(entry) : entry, {...options, eval: isSource, execArgv: []});
}

const fromSource = (entry: URL) =>
  `import('tsx/esm/api').then(({register}) => { register(); return import(${JSON.stringify(entry.href)}); });`;
