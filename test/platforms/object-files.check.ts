// The prebuilt addons of platforms, looked into with LLVM's tools: what cannot be run here can at least be read.
import {execFileSync, spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {elfSymbols} from '../packed/elf-symbols.js';
import {projectRoot} from '../packed/installed-package.js';

const isOffered = /^_?(?:napi_register_module_v1|node_api_module_get_api_version_v1)$/u;

/** Hands over the addon of a platform, unless it or a tool is missing. */
function withAddon(t: ExecutionContext, platform: string, tool: string, check: (file: string) => void): void {
  const file = path.join(projectRoot, 'prebuilds', platform, 'implicit_prm.node');
  if (existsSync(file) && spawnSync(tool, ['--version']).status === 0) {
    check(file);
  } else {
    t.log(`left out: it needs ${tool} and the prebuilt addon`);
    t.pass();
  }
}

const read = (tool: string, ...args: string[]) => execFileSync(tool, args, {encoding: 'utf8'});

for (const platform of ['linux-x64', 'linux-arm64']) {
  test(`the addon for ${platform} needs Node-API and glibc 2.28`, t => {
    withAddon(t, platform, 'readelf', file => {
      const {defined, fromHost, fromLibraries, isNodelete, glibc} = elfSymbols(file);
      t.is(defined.length, 2);
      t.true(defined.every(name => isOffered.test(name)));
      t.true(fromHost.every(name => name.startsWith('napi_')));
      t.true(fromLibraries.every(name => name.includes('@GLIBC_')));
      t.true(isNodelete);
      t.true(Number(glibc.split('.')[1]) <= 28, glibc);
    });
  });
}

for (const platform of ['darwin-arm64', 'darwin-x64']) {
  test(`the addon for ${platform} needs Node-API and macOS 11`, t => {
    withAddon(t, platform, 'llvm-nm', file => {
      const names = (...options: string[]) =>
        read('llvm-nm', ...options, '--format=just-symbols', file)
          .split('\n')
          .filter(Boolean);
      const undefinedNames = names('--undefined-only');
      t.true(undefinedNames.filter(name => name.startsWith('_napi_')).length > 50);
      t.deepEqual(
        undefinedNames.filter(name => /llama|ggml|gguf|__Z(?!.*St)/u.test(name)),
        [],
      );
      const header = read('llvm-objdump', '--macho', '--private-headers', file);
      const libraries = [...header.matchAll(/name (\/\S+\.dylib)/gu)].map(([, name]) => name);
      t.deepEqual([...new Set(libraries)], ['/usr/lib/libSystem.B.dylib']);
      t.regex(header, /minos 11\.0/u);
      t.regex(header, /name @rpath\/implicit_prm\.node/u);
      t.true(names('--defined-only', '--extern-only').some(name => isOffered.test(name)));
    });
  });
}

for (const platform of ['win32-x64', 'win32-arm64']) {
  test(`the addon for ${platform} needs no program of a certain name`, t => {
    withAddon(t, platform, 'llvm-readobj', file => {
      const libraries = [...read('llvm-readobj', '--coff-imports', file).matchAll(/^ {2}Name: (\S+)/gmu)];
      t.true(libraries.length > 0);
      t.deepEqual(
        libraries
          .map(([, name]) => name!)
          .filter(name => !/^(?:kernel32\.dll|api-ms-win-crt-.*)$/iu.test(name)),
        [],
      );
      const exported = [...read('llvm-readobj', '--coff-exports', file).matchAll(/Name: (\S+)/gu)];
      t.true(exported.length > 0 && exported.every(([, name]) => isOffered.test(name!)), String(exported));
    });
  });
}
