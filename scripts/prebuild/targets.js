// The platforms that the package carries an addon for, as Node names them, and how zig is to build each.

/**
 * @typedef {object} Target
 * @property {string} platform - `process.platform-process.arch`
 * @property {string} zig - zig's name of the target, with the oldest system it is to run on
 * @property {string[]} link - further options for the linker
 */

// Node closes an addon with the last thread that uses it, but its exit handler is still registered.
const linux = ['-ldl', '-Wl,-z,nodelete', '-Wl,--version-script=scripts/prebuild/exports.map'];
const darwin = ['-Wl,-undefined,dynamic_lookup', '-Wl,-install_name,@rpath/implicit_prm.node'];

/** @type {Target[]} */
export const targets = [
  {platform: 'linux-x64', zig: 'x86_64-linux-gnu.2.28', link: linux},
  {platform: 'linux-arm64', zig: 'aarch64-linux-gnu.2.28', link: linux},
  {platform: 'darwin-arm64', zig: 'aarch64-macos.11.0', link: darwin},
  {platform: 'darwin-x64', zig: 'x86_64-macos.11.0', link: darwin},
  {platform: 'win32-x64', zig: 'x86_64-windows-gnu', link: []},
  {platform: 'win32-arm64', zig: 'aarch64-windows-gnu', link: []},
];
