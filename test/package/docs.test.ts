import {mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import test from 'ava';
import {packageRoot, runCli} from '../cli/cli-process.js';
import {type CodeBlock, codeBlocks, pages} from '../helpers/code-blocks.js';
import {commandLineError} from '../helpers/command-line-error.js';
import {runScript} from '../helpers/run-script.js';
import {typeErrors} from '../helpers/type-errors.js';

const cache = path.join(packageRoot, 'node_modules', '.cache', 'implicit-prm');
mkdirSync(cache, {recursive: true});
const directory = mkdtempSync(path.join(cache, 'docs-'));
test.after.always(() => rmSync(directory, {recursive: true}));

const blocks = codeBlocks('ts').map(block => ({...block, file: written(block)}));
const commands = codeBlocks('sh').flatMap(block => commandsOf(block).map(words => ({block, words})));

/** More threads only make so small a pair slower. */
const oneThread = `data:text/javascript,import os from 'node:os'; os.availableParallelism = () => 1;`;

/** Not a package that tests need, and no more of it than the guides use. */
const electron = `declare module 'electron' {
  export const utilityProcess: {
    fork(file: string): {
      on(event: 'message', listener: (message: unknown) => void): void;
      postMessage(message: unknown): void;
    };
  };
}`;

function written({page, line, code}: CodeBlock): string {
  const file = path.join(directory, `${path.basename(page, '.md')}-${line}.mts`);
  const library = path
    .relative(directory, path.join(packageRoot, 'lib', 'index.js'))
    .replaceAll(path.sep, '/');
  writeFileSync(file, code.replaceAll("'implicit-prm'", `'${library}'`));
  return file;
}

/** The commands of a shell block, word by word. */
function commandsOf({code}: CodeBlock): string[][] {
  return code
    .replaceAll('\\\n', ' ')
    .split(/\n|&&/u)
    .map(line => line.replace(/(?:^|\s)#.*$/u, '').trim())
    .filter(Boolean)
    .map(line => [...line.matchAll(/'([^']*)'|(\S+)/gu)].map(([, quoted, bare]) => quoted ?? bare!));
}

test('all TypeScript of the guides has the right types', t => {
  const shim = path.join(directory, 'electron.d.ts');
  writeFileSync(shim, electron);
  t.deepEqual(typeErrors([shim, ...blocks.map(({file}) => file)]), []);
});

test('all TypeScript of the guides runs as printed, and prints what it says', async t => {
  const running = blocks.filter(({notRun}) => notRun === null);
  const lines = running.map(
    ({file}, index) => `console.log('block ${index}');\nawait import('${pathToFileURL(file).href}');`,
  );
  const {code, stdout, stderr} = await runScript(lines.join('\n'), ['--import', oneThread]);
  t.is(stderr, '');
  t.is(code, 0);
  const printed = stdout.split(/^block \d+\n/mu).slice(1);
  t.is(printed.length, running.length);
  for (const [index, {page, line, output}] of running.entries()) {
    // Differences in the last digit are a matter of the CPU.
    const withoutLastDigit = (text: string) => text.replaceAll(/(\d\.\d)\d/gu, '$1');
    t.is(withoutLastDigit(printed[index]!), withoutLastDigit(output ?? printed[index]!), `${page}:${line}`);
  }
});

test('only what needs something that does not ship is not run', t => {
  const needs = blocks.flatMap(({page, notRun}) => (notRun ? [`${page}: ${notRun}`] : []));
  t.deepEqual(needs, [
    'docs/getting-a-pair.md: needs a base and an adapter',
    'docs/gpu.md: needs a GPU',
    'docs/ranking.md: the library is an optional one',
    'docs/remote.md: needs a server',
    'docs/server.md: needs Electron',
    'docs/training.md: needs a model and an hour',
  ]);
});

test('all commands of the guides exist, with their options', async t => {
  t.true(commands.length > 15);
  for (const {block, words} of commands) {
    t.is(await commandLineError(words), null, `${block.page}:${block.line}: ${words.join(' ')}`);
  }
});

test('the quick commands of the guides on shipped files run, and print what they say', async t => {
  const quick = commands.filter(({words}) => isQuick(words));
  t.true(quick.length >= 2);
  for (const {block, words} of quick) {
    const args = words.slice(words.indexOf('implicit-prm') + 1);
    const {code, stdout} = await runCli([
      ...args,
      ...(args[0] === 'score' ? ['--threads', '1'] : []),
      '--no-color',
    ]);
    t.is(code, 0, words.join(' '));
    for (const line of block.output?.trim().split('\n') ?? []) {
      t.true(stdout.includes(line), `${block.page}:${block.line}: ${line}`);
    }
  }
});

/** Whether a command of ours reads nothing but shipped files that are small, and writes no file. */
function isQuick(words: readonly string[]): boolean {
  const start = words.indexOf('implicit-prm');
  const files = words.filter(word => /\.(?:jsonl?|gguf|html)(?:\.gz)?$/u.test(word));
  const writes = words.some(word => /^(?:-o|--output|--report)$/u.test(word));
  return start !== -1 && !writes && files.every(isSmall) && (files.length > 0 || words[start + 1] === 'demo');
}

function isSmall(file: string): boolean {
  const stats = statSync(path.join(packageRoot, file), {throwIfNoEntry: false});
  return stats !== undefined && (file.endsWith('.gguf') || stats.size < 10_000);
}

test('the trace that the README shows is one that the demo prints', async t => {
  const {stdout} = await runCli(['demo', '--no-color']);
  const [trace] = pages[0]!.text.match(/(?<=^```text\n).*?(?=^```$)/gmsu)!;
  for (const line of trace!.trim().split('\n')) {
    t.true(stdout.includes(line), line);
  }
});

test('the example of the README is short', t => {
  t.true(
    blocks
      .find(({page}) => page === 'README.md')!
      .code.trim()
      .split('\n').length <= 10,
  );
});
