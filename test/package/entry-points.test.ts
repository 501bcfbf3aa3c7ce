import {execFileSync} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import test from 'ava';

const cwd = fileURLToPath(new URL('../../', import.meta.url));
const score = `({bundledPair, openPair, scoreSteps}) => openPair({...bundledPair(), gpu: false, threads: 1})
  .then(async pair => {
    const {steps} = await scoreSteps(pair, {prompt: 'Compute 2 + 3', response: 'Answer: 5'});
    console.log(steps.length, typeof steps[0].reward);
    await pair.close();
  })`;

const run = (...options: string[]) => execFileSync(process.execPath, options, {cwd, encoding: 'utf8'});
const canRequireModules = 'require_module' in process.features && process.features.require_module;

test('the built package can be imported by its name', t => {
  t.is(
    run('--input-type=module', '--eval', `import * as prm from 'implicit-prm'; await (${score})(prm)`),
    '1 number\n',
  );
});

test('the built package can be imported from CommonJS', t => {
  t.is(run('--input-type=commonjs', '--eval', `import('implicit-prm').then(${score})`), '1 number\n');
});

(canRequireModules ? test : test.skip)(
  'the built package can be required where node can require modules',
  t => {
    t.is(
      run('--no-warnings', '--input-type=commonjs', '--eval', `(${score})(require('implicit-prm'))`),
      '1 number\n',
    );
  },
);
