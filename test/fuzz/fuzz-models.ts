import {type ChildProcess, spawn} from 'node:child_process';
import {readFileSync} from 'node:fs';
import process from 'node:process';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import type {BaseModel} from './base-models.js';

/** What a process of the fuzzer is to do: the mutated files of some seeds. */
export interface Task {
  directory: string;
  bases: BaseModel[];
  from: number;
  to: number;
}

/** A line that such a process writes. */
export type Message = {started: number; base: string; what: string} | {ended: number; outcome: string};

/** A file that ended the process, kept it longer than the limit, or threw what is no error of the library. */
export interface Finding {
  seed: number;
  base: string;
  what: string;
  /** `SIGABRT`, `hang`, `untyped: …` */
  how: string;
  /** The last lines of stderr. */
  stderr: string;
}

export interface FuzzReport {
  /** How many files ended in what: `scored`, or the code of an error. */
  outcomes: Map<string, number>;
  findings: Finding[];
}

export interface FuzzOptions {
  directory: string;
  bases: BaseModel[];
  /** The first seed and the one after the last. */
  from: number;
  to: number;
  onFinding?: (finding: Finding) => void;
  onProgress?: (seed: number) => void;
}

/** Files that one process opens before another takes over, so that what one leaves behind does not add up. */
const filesPerProcess = 250;
/** Of computing for one file, and of waiting: on a busy machine time alone says little. */
const hangAfter = {cpuSeconds: 20, seconds: 300};
const script = fileURLToPath(new URL('./try-files.ts', import.meta.url));

/** Opens mutated models in child processes, and goes on after the file that ended one. */
export async function fuzzModels(options: FuzzOptions): Promise<FuzzReport> {
  const report: FuzzReport = {outcomes: new Map(), findings: []};
  const found = (finding: Finding) => {
    report.findings.push(finding);
    options.onFinding?.(finding);
  };
  let seed = options.from;
  while (seed < options.to) {
    seed = await tryFiles(
      {...options, from: seed, to: Math.min(options.to, seed + filesPerProcess)},
      report,
      found,
    );
    options.onProgress?.(seed);
  }

  return report;
}

/** Returns the seed to go on with. */
async function tryFiles(
  {directory, bases, from, to}: FuzzOptions,
  {outcomes}: FuzzReport,
  found: (finding: Finding) => void,
): Promise<number> {
  let current = {started: from, base: '', what: 'before the first file'};
  let next = from;
  const take = (message: Message) => {
    if ('started' in message) {
      current = message;
      return;
    }

    next = message.ended + 1;
    const isUntyped = message.outcome.startsWith('untyped');
    const kind = isUntyped ? 'untyped' : message.outcome;
    outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1);
    if (isUntyped) {
      found({
        seed: current.started,
        base: current.base,
        what: current.what,
        how: message.outcome,
        stderr: '',
      });
    }
  };
  const {how, stderr} = await runProcess({directory, bases, from, to}, take);
  if (next >= to) {
    return to;
  }

  outcomes.set(how, (outcomes.get(how) ?? 0) + 1);
  found({seed: current.started, base: current.base, what: current.what, how, stderr});
  return current.started + 1;
}

async function runProcess(
  task: Task,
  take: (message: Message) => void,
): Promise<{how: string; stderr: string}> {
  const child = spawn(process.execPath, ['--import=tsx', script, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {...process.env, GGML_NO_BACKTRACE: '1'},
  });
  let stderr = '';
  child.stderr.on('data', chunk => {
    stderr = `${stderr}${chunk}`.slice(-2000);
  });
  const watch = watchFor(child);
  createInterface({input: child.stdout}).on('line', line => {
    watch.alive();
    take(JSON.parse(line));
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      watch.stop();
      resolve({how: watch.hung() ? 'hang' : (signal ?? `exit code ${code}`), stderr: stderr.trim()});
    });
  });
}

/** Ends a process that has said nothing for too long. */
function watchFor(child: ChildProcess) {
  let hung = false;
  let since = {cpu: 0, time: Date.now()};
  const timer = setInterval(() => {
    const cpu = cpuSeconds(child.pid);
    hung =
      (cpu ?? 0) - since.cpu > hangAfter.cpuSeconds || Date.now() - since.time > hangAfter.seconds * 1000;
    if (hung) {
      child.kill('SIGKILL');
    }
  }, 1000);
  return {
    alive() {
      since = {cpu: cpuSeconds(child.pid) ?? since.cpu, time: Date.now()};
    },
    stop: () => clearInterval(timer),
    hung: () => hung,
  };
}

/** What a process has computed so far; unknown but on Linux. */
function cpuSeconds(pid: number | undefined): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return undefined;
  }
}
