import {execFileSync} from 'node:child_process';

/** What a shared library for Linux offers and asks for. */
export interface ElfSymbols {
  /** Names that it exports. */
  defined: string[];
  /** Names that it needs from whoever has them, those it can do without left out. */
  fromHost: string[];
  /** Names that it needs of a version of a library. */
  fromLibraries: string[];
  /** Libraries that it needs. */
  libraries: string[];
  /** Whether it stays in memory once it has been closed. */
  isNodelete: boolean;
  /** The newest glibc that it asks for, such as `2.28`. */
  glibc: string;
}

/** Reads the symbols of an addon with binutils' or LLVM's readelf. */
export function elfSymbols(file: string, readelf = 'readelf'): ElfSymbols {
  const read = (...options: string[]) => execFileSync(readelf, [...options, file], {encoding: 'utf8'});
  const symbols = read('--dyn-syms', '--wide')
    .split('\n')
    .map(line => line.trim().split(/\s+/u))
    .filter(fields => /^\d+:$/u.test(fields[0] ?? '') && fields.length >= 8)
    .map(([, , , , binding, , section, name]) => ({binding, section, name: name!}));
  const needed = symbols
    .filter(({section, binding}) => section === 'UND' && binding !== 'WEAK' && binding !== 'LOCAL')
    .map(({name}) => name);
  const dynamic = read('--dynamic', '--wide');
  const versions = [...read('--version-info', '--wide').matchAll(/GLIBC_(\d+)\.(\d+)/gu)];
  const [newest] = versions
    .map(([, major, minor]) => [Number(major), Number(minor)] as const)
    .sort((left, right) => right[0] - left[0] || right[1] - left[1]);
  return {
    defined: symbols.filter(({section}) => section !== 'UND').map(({name}) => name.replace(/@.*/u, '')),
    fromHost: needed.filter(name => !name.includes('@')),
    fromLibraries: needed.filter(name => name.includes('@')),
    libraries: [...dynamic.matchAll(/\(NEEDED\).*\[(.+)\]/gu)].map(([, name]) => name!),
    isNodelete: /NODELETE/u.test(dynamic),
    glibc: (newest ?? [0, 0]).join('.'),
  };
}
