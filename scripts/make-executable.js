// The compiler writes files that can't be run, and npx starts the command line as a program.
import {chmodSync} from 'node:fs';

chmodSync(new URL('../dist/cli/main.js', import.meta.url), 0o755);
