import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import type {ModelDescriptions} from '../../../lib/index.js';
import {
  asF16,
  policyFile,
  referenceFile,
  textFile,
  withExtraToken,
  withOtherToken,
} from '../../helpers/tiny-models.js';
import {runCli} from '../cli-process.js';
import {runCliHere} from '../run-in-process.js';

const directory = mkdtempSync(path.join(tmpdir(), 'iprm-cli-info-'));
test.after.always(() => rmSync(directory, {recursive: true}));

test('info describes a model', async t => {
  const {code, stdout, stderr} = await runCli(['info', policyFile]);
  t.is(code, 0);
  t.is(stderr, '');
  t.true(stdout.startsWith(`${policyFile}\n  architecture    llama\n`));
  t.regex(stdout, /^ {2}parameters {6}0\.82 M$/mu);
  t.regex(stdout, /^ {2}vocabulary {6}260 tokens$/mu);
  t.regex(stdout, /^ {2}beta {12}1$/mu);
  t.regex(stdout, /^ {2}chat template {3}yes$/mu);
  t.regex(stdout, /^ {2}rendering {7}conversation$/mu);
  t.notRegex(stdout, /pair/iu);
});

test('info says that two models form a pair', async t => {
  const {code, stdout} = await runCliHere(['info', '--check', policyFile, referenceFile]);
  t.is(code, 0);
  t.true(
    stdout.endsWith(`\n${policyFile} and ${referenceFile} form a pair: their vocabularies are equal.\n`),
  );
});

test('info says where vocabularies differ, and --check makes that exit code 1', async t => {
  const other = withOtherToken(directory);
  const longer = withExtraToken(directory);
  const plain = await runCliHere(['info', policyFile, referenceFile, other, longer]);
  t.is(plain.code, 0);
  t.regex(plain.stdout, /reference\.gguf form a pair/u);
  t.regex(
    plain.stdout,
    /do not form a pair: .* at token 200, which is '.+' in the first and '<\|other\|>' in the/u,
  );
  t.regex(plain.stdout, /at token 260, which is missing in the first and '<\|extra\|>' in the other/u);
  const checked = await runCliHere(['info', '--check', policyFile, referenceFile, other, longer]);
  t.deepEqual(checked, {...plain, code: 1});
});

// describeModels says "all F32" of every file so far.
test('info warns of differing quantisations', async t => {
  const {code, stdout} = await runCliHere(['info', '--check', policyFile, asF16(directory)]);
  t.is(code, 0);
  t.regex(stdout, /^Warning: the quantisations differ \(all F32, F16\)/mu);
});

test('info --json prints what describeModels returns', async t => {
  const {code, stdout} = await runCliHere(['info', '--json', policyFile, referenceFile]);
  t.is(code, 0);
  const {models, differences} = JSON.parse(stdout) as ModelDescriptions;
  t.deepEqual(
    models.map(model => model.path),
    [policyFile, referenceFile],
  );
  t.is(models[0]!.parameters, 820_864);
  t.deepEqual(differences, [null, null]);
});

test('a file that is not there and one that is no GGUF are told on one line', async t => {
  for (const file of ['nope.gguf', textFile(directory)]) {
    const {code, stdout, stderr} = await runCliHere(['info', file]);
    t.is(code, 1);
    t.is(stdout, '');
    t.regex(stderr, /^implicit-prm: Could not load the model [^\n]*\n$/u);
  }
});
