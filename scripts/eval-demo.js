// Measures the pair that ships on the examples, and beside it its control: what the log-probability of the untrained base
// tells of the same answers.
//
//   npm run eval:demo

import {spawnSync} from 'node:child_process';
import process from 'node:process';
import {fileURLToPath} from 'node:url';

const inPackage = name => fileURLToPath(new URL(`../${name}`, import.meta.url));
const example = name => inPackage(`examples/arithmetic/${name}.jsonl`);

const judges = {
  'The pair that ships': ['--bundled'],
  // Without a reference a reward is the log-probability itself.
  'Its control: the log-probability of the untrained base': [
    '--policy',
    inPackage('models/students/base.gguf'),
    '--beta',
    '1',
  ],
};
const evaluations = [
  ['best-of-n', example('best-of-n')],
  ['processbench', '--threshold-from', example('processbench-tune'), example('processbench')],
];

for (const [title, pair] of Object.entries(judges)) {
  console.log(`${title}\n`);
  for (const [name, ...files] of evaluations) {
    const args = [inPackage('dist/cli/main.js'), 'eval', name, ...pair, '--gpu', 'off', '--threads', '1'];
    const {status} = spawnSync(process.execPath, [...args, ...files], {stdio: 'inherit'});
    if (status !== 0) {
      process.exit(status ?? 1);
    }

    console.log();
  }
}
