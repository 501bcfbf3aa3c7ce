import {type ChildProcess, spawn} from 'node:child_process';
import process from 'node:process';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {python} from '../drivers/python-process.js';

/** What is learned from in one step: tokens, and where the response begins among them. */
export type LearnedWork = readonly {tokens: readonly number[]; from: number}[];

/** A trainer in a process of its own, so that its memory can be told from ours. */
export interface TrainingProcess {
  /** Evaluates the work once and throws the result away. @returns seconds */
  forward(): Promise<number>;
  /** Evaluates it, goes back through it and changes the adapter. @returns seconds */
  learn(): Promise<number>;
  /** The most bytes that the process has had. */
  peak(): Promise<number>;
  close(): Promise<void>;
}

interface TrainerOptions {
  threads: number;
  work: LearnedWork;
}

/** The package's own trainer. */
export async function openTrainer(
  base: string,
  {checkpoint, ...options}: TrainerOptions & {checkpoint: boolean},
): Promise<TrainingProcess> {
  const script = fileURLToPath(new URL('trainer.ts', import.meta.url));
  const child = [process.execPath, '--import', 'tsx', script, base, String(options.threads)];
  return openProcess([...child, checkpoint ? 'checkpoint' : 'keep'], options.work);
}

/** PyTorch with PEFT, in bfloat16. */
export async function openPeftTrainer(
  base: string,
  {threads, work}: TrainerOptions,
): Promise<TrainingProcess> {
  const script = fileURLToPath(new URL('peft_trainer.py', import.meta.url));
  return openProcess([python, script, base, String(threads)], work);
}

/** Speaks in lines: the work, answered once all is loaded; then what to do, answered by a number. */
async function openProcess([command, ...args]: string[], work: LearnedWork): Promise<TrainingProcess> {
  const child = spawn(command!, args, {stdio: ['pipe', 'pipe', 'inherit']});
  const lines = createInterface({input: child.stdout})[Symbol.asyncIterator]();
  const ask = async (line: string) => {
    child.stdin.write(`${line}\n`);
    const {value, done} = await lines.next();
    if (done) {
      throw new Error(`${args.join(' ')} has ended.`);
    }

    return Number(value);
  };
  await ask(JSON.stringify(work));
  return {
    forward: async () => ask('forward'),
    learn: async () => ask('learn'),
    peak: async () => ask('peak'),
    close: async () => ended(child),
  };
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = new Promise<void>(resolve => child.once('exit', () => resolve()));
  child.stdin?.end();
  await exit;
}
