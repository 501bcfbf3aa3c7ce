import process from 'node:process';
import {InvalidArgumentError} from 'commander';
import type {Shard} from '../../runs/record.js';

const most = 100_000;

/**
 * Parses `--shard`.
 *
 * @param text - such as `2/8`, or `auto` for the task of a Slurm array or of an indexed job of Kubernetes
 */
export function parseShard(text: string): Shard {
  if (text === 'auto') {
    return shardOfEnvironment(process.env);
  }

  const [, index, count] = /^(\d+)\/(\d+)$/u.exec(text) ?? [];
  const shard = {index: Number(index), count: Number(count)};
  if (index === undefined || !isShard(shard)) {
    throw new InvalidArgumentError('It is auto, or i/n with i from 1 to n, such as 2/8.');
  }

  return shard;
}

function shardOfEnvironment(env: NodeJS.ProcessEnv): Shard {
  const {SLURM_ARRAY_TASK_ID: task, SLURM_ARRAY_TASK_COUNT: tasks, JOB_COMPLETION_INDEX: job} = env;
  if (task !== undefined && tasks !== undefined) {
    const {SLURM_ARRAY_TASK_MIN: first = '0', SLURM_ARRAY_TASK_STEP: step = '1'} = env;
    return checked(
      {index: (Number(task) - Number(first)) / Number(step) + 1, count: Number(tasks)},
      'The tasks of the Slurm array have gaps: submit it as --array=0-N or give --shard i/n.',
    );
  }

  if (job !== undefined) {
    return checked(
      {index: Number(job) + 1, count: Number(env.JOB_COMPLETIONS)},
      'Kubernetes does not tell how many jobs there are: set JOB_COMPLETIONS to the job’s completions.',
    );
  }

  throw new InvalidArgumentError(
    'Neither SLURM_ARRAY_TASK_ID and SLURM_ARRAY_TASK_COUNT nor JOB_COMPLETION_INDEX is set.',
  );
}

function checked(shard: Shard, otherwise: string): Shard {
  if (!isShard(shard)) {
    throw new InvalidArgumentError(otherwise);
  }

  return shard;
}

function isShard({index, count}: Shard): boolean {
  return (
    Number.isSafeInteger(index) &&
    Number.isSafeInteger(count) &&
    index >= 1 &&
    index <= count &&
    count <= most
  );
}
