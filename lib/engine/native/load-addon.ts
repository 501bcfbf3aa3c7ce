import {existsSync} from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';
import process from 'node:process';
import {RuntimeLoadError} from '../../errors/runtime-load-error.js';
import {adviceInBundle, packageRoot} from '../../utils/package-root.js';
import type {Addon} from './addon.js';

/**
 * Loads the native addon: the one that `IMPLICIT_PRM_ADDON` names, else the one built here, else the prebuilt one of the
 * platform.
 *
 * @throws {@link RuntimeLoadError} `ADDON_NOT_FOUND`, with the command that builds one, or what else is to be done
 */
export function loadAddon(): Addon {
  const places = addonPlaces();
  const found = places.find(place => existsSync(place));
  if (found === undefined) {
    throw new RuntimeLoadError(
      'ADDON_NOT_FOUND',
      `There is no native addon for ${process.platform}-${process.arch} (looked for ${places.join(', ')}). ${adviceInBundle() ?? howToBuild()}`,
    );
  }

  try {
    return asAddon(createRequire(import.meta.url)(found));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RuntimeLoadError(
      'ADDON_NOT_FOUND',
      `The native addon ${found} could not be loaded: ${reason}. ${adviceFor(reason)}`,
      {
        cause: error,
      },
    );
  }
}

function asAddon(loaded: unknown): Addon {
  if (typeof loaded === 'object' && loaded !== null && 'Pair' in loaded && 'llamaVersion' in loaded) {
    return loaded as Addon;
  }

  throw new TypeError('it is not the addon of implicit-prm');
}

function addonPlaces(): string[] {
  const chosen = process.env.IMPLICIT_PRM_ADDON;
  if (chosen) {
    return [path.resolve(chosen)];
  }

  return [
    path.join(packageRoot, 'build', 'Release', 'implicit_prm.node'),
    path.join(packageRoot, 'prebuilds', `${process.platform}-${process.arch}`, 'implicit_prm.node'),
  ];
}

function adviceFor(reason: string): string {
  if (/\bGLIBC(?:XX)?_[\d.]+/u.test(reason)) {
    return 'The system is too old: glibc 2.34 and libstdc++ of GCC 12 are needed (Debian 12, Ubuntu 22.04, RHEL 9 or later)';
  }

  return howToBuild();
}

function howToBuild(): string {
  const script = path.join(packageRoot, 'scripts', 'build-native.js');
  return `Build it with: node "${script}" (it needs CMake, git and a C++17 compiler)`;
}
