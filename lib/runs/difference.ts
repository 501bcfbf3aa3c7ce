import {isDeepStrictEqual} from 'node:util';
import type {RunRecord} from './record.js';

type Run = Pick<RunRecord, 'identity' | 'shard'>;

/**
 * Says in what two runs differ.
 *
 * @param before - the run that is compared with
 * @param now - the other run
 * @returns such as `the policy is another one, --beta was 0.05 and is 0.1`; empty if they do not
 */
export function runDifference(before: Run, now: Run): string {
  const names = new Set([...Object.keys(before.identity), ...Object.keys(now.identity)]);
  const differences = [...names]
    .filter(name => !isDeepStrictEqual(before.identity[name], now.identity[name]))
    .map(name => difference(name, before.identity[name], now.identity[name]));
  if (!isDeepStrictEqual(before.shard, now.shard)) {
    differences.push(`--shard was ${shardText(before)} and is ${shardText(now)}`);
  }

  return differences.join(', ');
}

/** Names that begin with dashes are options, the others are files, known by their hashes. */
function difference(name: string, before: unknown, now: unknown): string {
  if (name.startsWith('--')) {
    return `${name} was ${show(before)} and is ${show(now)}`;
  }

  if ((before ?? null) === null) {
    return `there was no ${name}`;
  }

  return (now ?? null) === null
    ? `there was ${/^[aeiou]/u.test(name) ? 'an' : 'a'} ${name}`
    : `the ${name} is another one`;
}

function show(value: unknown): string {
  return value === undefined ? 'not known' : typeof value === 'string' ? value : JSON.stringify(value);
}

function shardText({shard}: Run): string {
  return shard ? `${shard.index}/${shard.count}` : 'none';
}
