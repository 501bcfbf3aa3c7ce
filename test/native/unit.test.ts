import {execFileSync, spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import test from 'ava';

// What of the native code needs neither llama.cpp nor Node, driven from C++.

const source = fileURLToPath(new URL('unit/', import.meta.url));
const build = fileURLToPath(new URL('../../build/unit-tests/', import.meta.url));

test.before(() => {
  execFileSync('cmake', ['-S', source, '-B', build, '-DCMAKE_BUILD_TYPE=Release'], {stdio: 'pipe'});
  execFileSync('cmake', ['--build', build, '--config', 'Release', '--parallel', '2'], {stdio: 'pipe'});
});

/** Runs one of the programs; Visual Studio puts it in a folder of the configuration's name. */
function run(program: string, ...options: string[]): {status: number | null; lines: string[]} {
  const name = process.platform === 'win32' ? `${program}.exe` : program;
  const place = [path.join(build, name), path.join(build, 'Release', name)].find(file => existsSync(file));
  const {status, stdout} = spawnSync(place!, options, {encoding: 'utf8'});
  return {status, lines: stdout.split(/\r?\n/).filter(line => line !== '')};
}

for (const [program, what] of [
  ['admission', 'who is let in when'],
  ['log-softmax', 'log-probabilities of logits of any size'],
  ['rounding', 'what of a difference is rounding'],
] as const) {
  test(what, t => {
    const {status, lines} = run(program);
    t.deepEqual(
      lines.filter(line => !line.startsWith('ok ')),
      [],
    );
    t.is(status, 0);
    t.true(lines.length > 5, 'there are some tests');
    t.log(lines.join('\n'));
  });
}

test('what computes is stopped at exit before the libraries it uses are destroyed', t => {
  t.deepEqual(run('exit-guard'), {status: 0, lines: ['stopped', 'library destroyed']});
  // Harmless for what has stopped already.
  t.deepEqual(run('exit-guard', 'armed-twice'), {
    status: 0,
    lines: ['stopped', 'library destroyed', 'stopped'],
  });
});
