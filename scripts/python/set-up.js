// Makes the Python environment of a kind of test in build/python/, out of packages from PyPI, unless it is there already:
//
//   node scripts/python/set-up.js clients
//   node scripts/python/set-up.js llama-server
//   node scripts/python/set-up.js vllm
//
// Ends with 3 where there cannot be one, and says why.
import {execFileSync, spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const own = name => path.join(root, 'scripts', 'python', name);
/** Whether there is a torch in it, which wants CUDA. */
const environments = {clients: true, 'llama-server': false, vllm: true};
const uvVersion = '0.13.9';
const [name] = process.argv.slice(2);
const environment = path.join(root, 'build', 'python', String(name));
const python = path.join(environment, 'bin', 'python');

if (!Object.hasOwn(environments, name)) {
  end(2, `unknown environment ${JSON.stringify(name)}: it is one of ${Object.keys(environments).join(', ')}`);
}

const lacking = whatIsLacking();
if (lacking) {
  end(3, `no Python environment ${name}: ${lacking}`);
}

const requirements = path.join(root, 'test', name, 'requirements.txt');
/** Packages of which some modules are used, without what others of theirs need. */
const alone = path.join(root, 'test', name, 'requirements-alone.txt');
const files = [requirements, alone, own('without-cuda.txt'), own('cuda_stubs.py')].filter(existsSync);
const stamp = path.join(environment, 'made-from');
const digest = createHash('sha256');
for (const file of files) {
  digest.update(readFileSync(file));
}

const wanted = digest.digest('hex');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  install();
  if (environments[name]) {
    run(python, own('cuda_stubs.py'), sitePackages());
  }

  writeFileSync(stamp, wanted);
}

function install() {
  try {
    rmSync(environment, {recursive: true, force: true});
    run('python3', '-m', 'venv', environment);
    run(python, '-m', 'pip', 'install', '--quiet', `uv==${uvVersion}`);
    uvInstall('--override', own('without-cuda.txt'), '--requirements', requirements);
    if (existsSync(alone)) {
      uvInstall('--no-deps', '--requirements', alone);
    }
  } catch (error) {
    end(3, `no Python environment ${name}: ${error.message}`);
  }
}

function uvInstall(...options) {
  run(path.join(environment, 'bin', 'uv'), 'pip', 'install', '--quiet', '--python', python, ...options);
}

function sitePackages() {
  const program = 'import sysconfig; print(sysconfig.get_path("purelib"))';
  return execFileSync(python, ['-c', program], {encoding: 'utf8'}).trim();
}

function run(command, ...options) {
  execFileSync(command, options, {stdio: ['ignore', process.stderr, process.stderr]});
}

function whatIsLacking() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return 'its packages are for Linux on x64';
  }

  const tools = environments[name] ? ['gcc', 'objdump', 'nm'] : [];
  const missing = tools.filter(command => spawnSync(command, ['--version']).status !== 0);
  if (missing.length > 0) {
    return `${missing.join(', ')} is not installed`;
  }

  const check = 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 13))';
  const {status, error} = spawnSync('python3', ['-c', check]);
  return error || status !== 0 ? 'it takes python3 of version 3.11 or 3.12 with venv' : undefined;
}

function end(code, message) {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}
