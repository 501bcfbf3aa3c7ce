import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

/** The folder for caches of this package, by the XDG Base Directory Specification. */
export function cacheDirectory(): string {
  const {XDG_CACHE_HOME: base} = process.env;
  // The specification wants relative paths ignored.
  return path.join(base && path.isAbsolute(base) ? base : path.join(os.homedir(), '.cache'), 'implicit-prm');
}
