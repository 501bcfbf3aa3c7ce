// Runs the tests of training that take minutes, which `npm test` leaves out.
//
//   npm run test:training
import {spawnSync} from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const ava = path.join(root, 'node_modules', 'ava', 'entrypoints', 'cli.mjs');
const {status} = spawnSync(process.execPath, [ava, '--timeout=20m', 'test/training/*.test.ts'], {
  cwd: root,
  stdio: 'inherit',
  env: {...process.env, IMPLICIT_PRM_LONG_TESTS: '1'},
});
process.exit(status ?? 1);
