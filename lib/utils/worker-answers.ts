import {parentPort} from 'node:worker_threads';
import type {WorkerAnswer} from './timed-worker.js';

/**
 * Answers the jobs of a `TimedWorker`, in its thread.
 *
 * @param answer - does a job; what it throws is the job's error
 */
export function answerJobs<Request, Response>(answer: (request: Request) => Response): void {
  parentPort!.on('message', (request: Request) => {
    parentPort!.postMessage(answered(answer, request));
  });
  parentPort!.postMessage({ready: true});
}

function answered<Request, Response>(
  answer: (request: Request) => Response,
  request: Request,
): WorkerAnswer<Response> {
  try {
    return {response: answer(request)};
  } catch (error) {
    return {error: error instanceof Error ? error.message : String(error)};
  }
}
