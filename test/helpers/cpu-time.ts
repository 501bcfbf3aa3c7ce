import process from 'node:process';

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
