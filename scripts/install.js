// npm's install script: nothing to do where a prebuilt addon is in the package, else builds one.
import {existsSync} from 'node:fs';
import process from 'node:process';

const prebuilt = new URL(
  `../prebuilds/${process.platform}-${process.arch}/implicit_prm.node`,
  import.meta.url,
);
if (!existsSync(prebuilt)) {
  await import('./build-native.js');
}
