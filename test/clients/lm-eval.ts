import {spawn} from 'node:child_process';
import process from 'node:process';
import {text} from 'node:stream/consumers';
import {fileURLToPath} from 'node:url';
import {pythonOf, pythonSettings} from '../helpers/python-environment.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';
import {taskName} from './arithmetic-task.js';

/** A kind of model that the harness knows, what that takes, and how many requests it is to make at a time. */
export interface Run {
  model: string;
  model_args: Record<string, string | number | boolean>;
  batch_size: number;
}

/** What the harness got of a task. */
export interface Evaluation {
  accuracy: number;
  /** By question and choice: the log-likelihood, and whether each of its tokens is the most likely one. */
  choices: [logLikelihood: number, isGreedy: boolean][][];
}

/**
 * Runs lm-evaluation-harness, all runs in one process: most of the time goes into importing it.
 *
 * @param tasks - the folder of the task
 * @param runs - by names, which the results have too
 * @param environment - variables to add to those of this process
 */
export async function lmEval<Name extends string>(
  tasks: string,
  runs: Record<Name, Run>,
  environment: Record<string, string> = {},
): Promise<Record<Name, Evaluation>> {
  const child = spawn(pythonOf('clients'), [fileURLToPath(new URL('evaluate.py', import.meta.url))], {
    env: {
      ...process.env,
      ...pythonSettings,
      OMP_NUM_THREADS: '1',
      // For what it keeps of data sets.
      HF_HOME: temporaryDirectory(),
      ...environment,
    },
  });
  const names = Object.keys(runs) as Name[];
  child.stdin.end(`${JSON.stringify({tasks, task: taskName, runs: names.map(name => runs[name])})}\n`);
  const [output, log] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const lines = output.split('\n').filter(Boolean);
  if (lines.length !== names.length) {
    throw new Error(`lm-evaluation-harness ended after ${lines.length} of ${names.length} runs:\n${log}`);
  }

  const results = lines.map((line, index) => [names[index], JSON.parse(line) as Evaluation]);
  return Object.fromEntries(results) as Record<Name, Evaluation>;
}
