// Runs all tests, on as many processors as there are, two at most, or those that are named:
//
//   node scripts/test.js [FILES OF TESTS AND OTHER ARGUMENTS OF AVA]
//
// In one ava the tests of a file can run one after the other, which most of these need, only if files do so too. So there
// are two, each with half of the files.
import {spawn} from 'node:child_process';
import {statSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {testFilesIn} from './test-files.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const ava = path.join(root, 'node_modules', 'ava', 'entrypoints', 'cli.mjs');
const args = process.argv.slice(2);
const shares =
  args.length > 0 ? [args] : shared(testFilesIn(root, 'test'), Math.min(2, os.availableParallelism()));
const codes = await Promise.all(shares.map(run));
process.exitCode = Math.max(...codes);

/** Deals files out, the largest first: those that take long are among them. */
function shared(files, count) {
  const size = file => statSync(path.join(root, file)).size;
  const shares = Array.from({length: count}, () => []);
  for (const [index, file] of files.toSorted((a, b) => size(b) - size(a)).entries()) {
    const round = index % (2 * count);
    shares[round < count ? round : 2 * count - 1 - round].push(file);
  }

  return shares;
}

/** The first tells what it does as it goes, the others once they have ended. */
async function run(share, index) {
  const child = spawn(process.execPath, [ava, ...share], {
    cwd: root,
    stdio: ['inherit', index === 0 ? 'inherit' : 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', text => {
    output += text;
  });
  return new Promise(resolve => {
    child.on('close', (code, signal) => {
      process.stdout.write(output);
      resolve(signal ? 1 : code);
    });
  });
}
