// Measures `implicit-prm serve` under load, beside the same work in this process, and writes its part of docs/benchmark.md.
//
//   npm run bench:serve
import os from 'node:os';
import process from 'node:process';
import {replaceSection} from './replace-section.js';
import {type Load, measureLoad} from './serve/load.js';
import {digits, markdownTable} from './table.js';

const [count = '1000', rounds = '3'] = process.argv.slice(2);
const text = `${tableOf(await measureLoad(Number(count), Number(rounds)))}\n\n${origin()}`;
process.stdout.write(`${text}\n`);
replaceSection(new URL('../docs/benchmark.md', import.meta.url), 'serve', text);

function tableOf({requests, inProcess, served, ratio, latency, mixed}: Load): string {
  const range = ({p50, p99}: {p50: number; p99: number}) => `${digits(p50)}, ${digits(p99)}`;
  return markdownTable(
    ['', ''],
    [
      [`requests a second, ${requests} calls at once in a process`, digits(inProcess)],
      [`requests a second, ${requests} requests at once to the server`, digits(served)],
      ['the second over the first, the median of the turns', digits(ratio)],
      ['seconds to an answer, p50 and p99', range(latency)],
      ['with a tenth that leaves and a tenth that reads slowly: answered', String(mixed.answered)],
      ['… left before their answer', String(mixed.left)],
      ['… seconds to an answer, p50 and p99', range(mixed.latency)],
      ['… greatest distance of a reward from the one in a process', digits(mixed.worst)],
      ['… MiB of the server: before, and at most after each round', mixed.memory.map(Math.round).join(', ')],
      ['… tokens in its queue afterwards', String(mixed.queued)],
    ],
  );
}

function origin(): string {
  const cpu = os.cpus()[0]?.model.trim() ?? 'an unknown CPU';
  const date = new Date().toISOString().slice(0, 10);
  const command = ['npm run bench:serve --', ...process.argv.slice(2)].join(' ');
  return `\`${command}\`, ${rounds === '1' ? '1 turn' : `${rounds} turns`}, ${date}: the pair that ships on 1 thread of two cores, ${cpu}, ${os.type()}, Node ${process.versions.node}.`;
}
