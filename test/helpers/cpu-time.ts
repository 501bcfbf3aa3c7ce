import {readFileSync} from 'node:fs';
import process from 'node:process';
import {setTimeout} from 'node:timers/promises';

/**
 * The time in ms for which the processor worked on something that does not wait. Other than the time that passed, it
 * hardly depends on what else the machine is doing.
 */
export function cpuTimeOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const {user, system} = process.cpuUsage(before);
  return (user + system) / 1000;
}

/**
 * Resolves once another process has worked for so long from now on, in ms, or is gone: what it was asked for has reached it
 * and is under way. Where that cannot be seen it resolves after that time.
 */
export async function hasWorked(pid: number, milliseconds: number): Promise<void> {
  if (process.platform !== 'linux') {
    await setTimeout(milliseconds);
    return;
  }

  const enough = cpuTimeOfProcess(pid) + milliseconds;
  while (cpuTimeOfProcess(pid) < enough) {
    await setTimeout(5);
  }
}

/** In ms; infinite of one that is gone. */
function cpuTimeOfProcess(pid: number): number {
  try {
    const [, fields] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
    // In hundredths of a second.
    return 10 * Number(fields!.split(' ')[11]);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
