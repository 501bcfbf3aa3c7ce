import {execFileSync, spawnSync} from 'node:child_process';
import {mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {temporaryDirectory} from '../helpers/temporary-directory.js';

export const projectRoot = fileURLToPath(new URL('../../', import.meta.url));
export const platform = `${process.platform}-${process.arch}`;

/** What npm tells of a package that it packed. */
export interface Packed {
  tarball: string;
  /** Bytes, packed and unpacked. */
  size: number;
  unpackedSize: number;
  files: string[];
}

/** The package as it would be published, with whatever is in prebuilds/. */
export function pack(): Packed {
  const check = spawnSync(process.execPath, ['scripts/check-prebuilds.js'], {
    cwd: projectRoot,
    encoding: 'utf8',
  });
  if (new RegExp(`${platform} (?:is|was)`, 'u').test(check.stderr)) {
    throw new Error(`${check.stderr.trim()} -- ${platform}`);
  }

  const directory = temporaryDirectory();
  const output = execFileSync(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', directory],
    {cwd: projectRoot, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']},
  );
  const report: unknown = JSON.parse(output);
  // npm 11 answers with an object by the package's name, others with a list.
  const [packed] = Object.values(report as object) as [
    {filename: string; size: number; unpackedSize: number; files: {path: string}[]},
  ];
  return {
    tarball: path.join(directory, packed.filename),
    size: packed.size,
    unpackedSize: packed.unpackedSize,
    files: packed.files.map(file => file.path),
  };
}

/** A folder in which the package is installed as by a user who has Node and npm, but no compiler, CMake or git. */
export class InstalledPackage {
  readonly directory = temporaryDirectory();
  readonly #env: NodeJS.ProcessEnv;

  constructor(tarball: string) {
    const bin = path.join(this.directory, 'bin');
    mkdirSync(bin);
    for (const command of ['node', 'npm', 'sh']) {
      symlinkSync(command === 'node' ? process.execPath : which(command), path.join(bin, command));
    }

    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(?:IMPLICIT_PRM_|npm_package_)/u.test(name),
    );
    this.#env = {...Object.fromEntries(inherited), PATH: bin};
    writeFileSync(path.join(this.directory, 'package.json'), '{"private": true}');
    const {dependencies} = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8'));
    const runtime = `@node-llama-cpp/${platform}@${dependencies['node-llama-cpp']}`;
    const {status, output} = this.run('npm', [
      'install',
      '--omit=optional',
      '--no-audit',
      '--no-fund',
      tarball,
      runtime,
    ]);
    if (status !== 0) {
      throw new Error(`npm install failed:\n${output}`);
    }
  }

  /** The path of a file of the installed package. */
  file(...parts: string[]): string {
    return path.join(this.directory, 'node_modules', 'implicit-prm', ...parts);
  }

  /** Runs a program in the folder. */
  run(
    command: string,
    args: readonly string[],
  ): {status: number | null; signal: string | null; output: string} {
    const {status, signal, stdout, stderr} = spawnSync(command, args, {
      cwd: this.directory,
      encoding: 'utf8',
      env: this.#env,
    });
    return {status, signal, output: `${stdout}${stderr}`};
  }

  /** Runs a script of one's own in the folder. */
  script(name: string, source: string): {status: number | null; signal: string | null; output: string} {
    writeFileSync(path.join(this.directory, name), source);
    return this.run('node', ['--no-warnings', name]);
  }
}

function which(command: string): string {
  return execFileSync('sh', ['-c', `command -v ${command}`], {encoding: 'utf8'}).trim();
}
