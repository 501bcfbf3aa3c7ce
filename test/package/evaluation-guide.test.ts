import {execFileSync} from 'node:child_process';
import {mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {cliArguments, packageRoot} from '../cli/cli-process.js';
import {codeBlocks} from '../helpers/code-blocks.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';

test('the commands of docs/evaluation.md run, here on the first lines of the files', t => {
  if (process.platform === 'win32') {
    t.pass('has no sh');
    return;
  }

  const cwd = temporaryDirectory();
  symlinkSync(path.join(packageRoot, 'models'), path.join(cwd, 'models'));
  mkdirSync(path.join(cwd, 'examples', 'arithmetic'), {recursive: true});
  for (const [name, count] of [
    ['best-of-n.jsonl', 2],
    ['processbench.jsonl', 12],
    ['processbench-tune.jsonl', 12],
  ] as const) {
    const file = path.join('examples', 'arithmetic', name);
    const lines = readFileSync(path.join(packageRoot, file), 'utf8').split('\n').slice(0, count);
    writeFileSync(path.join(cwd, file), lines.map(line => `${line}\n`).join(''));
  }

  const commands = codeBlocks('sh').filter(({page}) => page === 'docs/evaluation.md');
  const quoted = [process.execPath, ...cliArguments].map(word => `'${word}'`).join(' ');
  const script = ['set -e', `implicit-prm() { ${quoted} "$@"; }`, ...commands.map(({code}) => code)].join(
    '\n',
  );
  const output = execFileSync('bash', ['-c', script], {
    cwd,
    encoding: 'utf8',
    env: {...process.env, XDG_CACHE_HOME: path.join(cwd, 'cache')},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.is([...output.matchAll(/^2 problems, 32 responses/gmu)].length, 4);
  t.is([...output.matchAll(/^12 samples/gmu)].length, 3);
});
