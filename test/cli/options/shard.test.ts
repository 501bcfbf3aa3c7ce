import process from 'node:process';
import test from 'ava';
import {parseShard} from '../../../lib/cli/options/shard.js';

const names = [
  'SLURM_ARRAY_TASK_ID',
  'SLURM_ARRAY_TASK_COUNT',
  'SLURM_ARRAY_TASK_MIN',
  'SLURM_ARRAY_TASK_STEP',
  'JOB_COMPLETION_INDEX',
  'JOB_COMPLETIONS',
];

function shardIn(env: NodeJS.ProcessEnv) {
  for (const name of names) {
    delete process.env[name];
  }

  Object.assign(process.env, env);
  return parseShard('auto');
}

test('a shard is i of n', t => {
  t.deepEqual(parseShard('1/1'), {index: 1, count: 1});
  t.deepEqual(parseShard('12/100'), {index: 12, count: 100});
  for (const wrong of ['', '1', '0/2', '3/2', '1/0', '-1/2', '1/2/3', '1.5/2', 'Auto', '1/100001']) {
    t.throws(() => parseShard(wrong), {code: 'commander.invalidArgument'}, wrong);
  }
});

test('a Slurm array may begin anywhere and have a step', t => {
  t.deepEqual(shardIn({SLURM_ARRAY_TASK_ID: '0', SLURM_ARRAY_TASK_COUNT: '4'}), {index: 1, count: 4});
  const env = {SLURM_ARRAY_TASK_COUNT: '3', SLURM_ARRAY_TASK_MIN: '2', SLURM_ARRAY_TASK_STEP: '4'};
  t.deepEqual(shardIn({...env, SLURM_ARRAY_TASK_ID: '10'}), {index: 3, count: 3});
  t.throws(() => shardIn({...env, SLURM_ARRAY_TASK_ID: '11'}), {message: /array have gaps/u});
  t.throws(() => shardIn({...env, SLURM_ARRAY_TASK_ID: '14'}), {message: /array have gaps/u});
});

test('an indexed job of Kubernetes needs to be told the number of jobs', t => {
  t.deepEqual(shardIn({JOB_COMPLETION_INDEX: '2', JOB_COMPLETIONS: '3'}), {index: 3, count: 3});
  t.throws(() => shardIn({JOB_COMPLETION_INDEX: '2'}), {message: /set JOB_COMPLETIONS/u});
  t.throws(() => shardIn({}), {message: /Neither SLURM_ARRAY_TASK_ID/u});
});
