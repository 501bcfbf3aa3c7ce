import {execFileSync} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import type {Settings} from '../settings.js';
import {digits, markdownTable} from '../table.js';

const script = fileURLToPath(new URL('../peak-memory.ts', import.meta.url));

/** The most memory that a process takes to score few and many responses. */
export async function memorySection({pairs, threads}: Settings): Promise<string> {
  const peak = (policy: string, reference: string, count: number) =>
    Number(
      execFileSync(
        process.execPath,
        ['--import', 'tsx', script, policy, reference, String(count), String(threads)],
        {
          encoding: 'utf8',
        },
      ),
    );
  const rows = pairs.slice(0, 1).map(({name, policy, reference}) => {
    const few = peak(policy, reference, 10);
    const many = peak(policy, reference, 1000);
    const row = [name, digits(few / 1024), digits(many / 1024), digits(many / few)];
    console.error(`memory: ${row.join('  ')}`);
    return row;
  });
  return markdownTable(['pair', '10 responses / MiB', '1,000 responses / MiB', 'ratio'], rows);
}
