import {existsSync, readdirSync} from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';
import process from 'node:process';
import {RuntimeLoadError} from '../../errors/runtime-load-error.js';
import {adviceInBundle, packageRoot} from '../../utils/package-root.js';
import type {RuntimeFiles} from './runtime-files.js';
import {recogniseLibraries} from './runtime-libraries.js';

/** The packages of node-llama-cpp with libraries for a platform: one for the CPU, and those that add GPU backends. */
const platformPackages: Record<string, {main: string; gpu: string[]}> = {
  'darwin-arm64': {main: 'mac-arm64-metal', gpu: []},
  'darwin-x64': {main: 'mac-x64', gpu: []},
  'linux-arm': {main: 'linux-armv7l', gpu: []},
  'linux-arm64': {main: 'linux-arm64', gpu: []},
  'linux-riscv64': {main: 'linux-riscv64', gpu: []},
  'linux-x64': {main: 'linux-x64', gpu: ['linux-x64-cuda', 'linux-x64-cuda-ext', 'linux-x64-vulkan']},
  'win32-arm64': {main: 'win-arm64', gpu: []},
  'win32-x64': {main: 'win-x64', gpu: ['win-x64-cuda', 'win-x64-cuda-ext', 'win-x64-vulkan']},
};

/**
 * Finds the llama.cpp libraries to load: in the folder that `IMPLICIT_PRM_RUNTIME` names, else in `build/runtime` if
 * llama.cpp was built here, else in the packages of the pinned node-llama-cpp.
 *
 * @throws {@link RuntimeLoadError} `RUNTIME_NOT_FOUND`, saying where was looked and what to do
 */
export function findRuntime(): RuntimeFiles {
  const chosen = process.env.IMPLICIT_PRM_RUNTIME;
  if (chosen) {
    return runtimeIn(
      path.resolve(chosen),
      'IMPLICIT_PRM_RUNTIME names it; unset it to use the libraries of node-llama-cpp',
    );
  }

  const built = path.join(packageRoot, 'build', 'runtime');
  if (existsSync(built)) {
    return runtimeIn(built, 'llama.cpp was to be built there; build it again, or remove the folder');
  }

  return prebuiltRuntime();
}

function prebuiltRuntime(): RuntimeFiles {
  const platform = `${process.platform}-${process.arch}`;
  const packages = platformPackages[platform];
  const folder = packages && libraryFolders(packages.main)[0];
  if (folder === undefined) {
    const advice = adviceInBundle();
    throw new RuntimeLoadError(
      'RUNTIME_NOT_FOUND',
      `node-llama-cpp brings no llama.cpp libraries for ${platform}: ${
        packages
          ? `its package @node-llama-cpp/${packages.main} is not installed; install without --omit=optional`
          : 'build them'
      }, or let IMPLICIT_PRM_RUNTIME name a folder of libraries.${advice === undefined ? '' : ` ${advice}.`}`,
    );
  }

  const runtime = runtimeIn(folder, 'reinstall node-llama-cpp');
  for (const name of packages!.gpu) {
    for (const directory of libraryFolders(name)) {
      runtime.gpuBackends.push(...gpuBackendsIn(directory));
    }
  }

  return runtime;
}

function runtimeIn(directory: string, advice: string): RuntimeFiles {
  const {base, ggml, llama} = recogniseLibraries(namesIn(directory, advice));
  if (base === undefined || ggml === undefined || llama === undefined) {
    const missing = Object.entries({'ggml-base': base, ggml, llama}).filter(([, name]) => name === undefined);
    throw new RuntimeLoadError(
      'RUNTIME_NOT_FOUND',
      `The folder ${directory} lacks the llama.cpp library ${missing.map(([name]) => name).join(', ')}: ${advice}.`,
    );
  }

  return {
    libraries: [base, ggml, llama].map(name => path.join(directory, name)),
    backendsDirectory: directory,
    gpuBackends: gpuBackendsIn(directory),
  };
}

function namesIn(directory: string, advice: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    const reason = existsSync(directory) ? (error as Error).message : 'it does not exist';
    throw new RuntimeLoadError(
      'RUNTIME_NOT_FOUND',
      `There is no folder ${directory} of llama.cpp libraries (${reason}): ${advice}.`,
      {cause: error},
    );
  }
}

function gpuBackendsIn(directory: string): {gpu: string; path: string}[] {
  const {gpuBackends} = recogniseLibraries(readdirSync(directory));
  return gpuBackends.map(({gpu, name}) => ({gpu, path: path.join(directory, name)}));
}

/** The folders with libraries in a package of node-llama-cpp; none if it is not installed. */
function libraryFolders(name: string): string[] {
  const main = resolveFromNodeLlamaCpp(`@node-llama-cpp/${name}`);
  if (main === undefined) {
    return [];
  }

  const bins = path.join(path.dirname(main), '..', 'bins');
  const folders = readdirSync(bins).flatMap(folder => [
    path.join(bins, folder),
    path.join(bins, folder, 'fallback'),
  ]);
  return folders.filter(
    folder => existsSync(folder) && readdirSync(folder).some(file => file.includes('ggml')),
  );
}

/** These packages depend on node-llama-cpp, not on us, and some package managers let only it see them. */
function resolveFromNodeLlamaCpp(specifier: string): string | undefined {
  try {
    const nodeLlamaCpp = createRequire(import.meta.url).resolve('node-llama-cpp');
    return createRequire(nodeLlamaCpp).resolve(specifier);
  } catch {
    return undefined;
  }
}
