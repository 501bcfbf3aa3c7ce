import {readFile} from 'node:fs/promises';
import {hostname} from 'node:os';
import process from 'node:process';

/** What tells a process from all others. */
export interface ProcessIdentity {
  host: string;
  pid: number;
  /** When it began, where the system tells: numbers of processes are used again, and in a container all are 1. */
  began: string;
}

/** Describes this process. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  return {host: hostname(), pid: process.pid, began: await beginningOf(process.pid)};
}

/**
 * Finds out whether a process of this computer still runs.
 *
 * @param identity - as {@link ownIdentity} gave it in that process
 */
export async function isRunning({pid, began}: ProcessIdentity): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Another user's process may not be signalled, but it is there.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) {
      return false;
    }
  }

  return (await beginningOf(pid)) === began;
}

async function beginningOf(pid: number): Promise<string> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
    // The name of the program, the second field, may hold spaces and brackets. Field 22 is the start time.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${boot.trim()}/${fields[22 - 3]}`;
  } catch {
    // Only Linux has these files.
    return '';
  }
}
