import test from 'ava';
import {z} from 'zod';
import {InvalidInputError} from '../../lib/index.js';
import {check} from '../../lib/utils/check.js';

const schema = z.strictObject({
  name: z.string().min(1),
  list: z.array(z.strictObject({size: z.int()})).optional(),
  gpu: z.literal(['auto', false]).default('auto'),
});

function messageOf(value: unknown, of: z.ZodType = schema): string {
  try {
    check(of, value, "the test's options");
  } catch (error) {
    if (error instanceof InvalidInputError && error.code === 'INVALID_INPUT') {
      return error.message;
    }

    throw error;
  }

  throw new Error('The value was taken');
}

test('a value that fits comes back as the schema makes it, and is not changed', t => {
  const value = Object.freeze({name: 'x'});
  t.deepEqual(check(schema, value, 'it'), {name: 'x', gpu: 'auto'});
  t.deepEqual(value, {name: 'x'});
});

test('a wrong value is named by its place and shown', t => {
  t.regex(messageOf({name: 7}), /^name in the test's options: .*expected string.* \(it is 7\)$/);
  t.regex(messageOf({name: ''}), /^name in the test's options: .* \(it is ''\)$/);
  t.regex(messageOf({name: 'x', gpu: 'on'}), /^gpu in the test's options: .*"auto"\|false \(it is 'on'\)$/);
});

test('a value that is missing is undefined', t => {
  t.regex(messageOf({}), /^name in the test's options: .* \(it is undefined\)$/);
});

test('a place deep inside is named from the top', t => {
  const value = {name: 'x', list: [{size: 1}, {size: 'large'}]};
  t.regex(messageOf(value), /^list\.1\.size in the test's options: .* \(it is 'large'\)$/);
});

test('a value that is wrong as a whole is named by the name given', t => {
  for (const [value, shown] of [
    [undefined, 'undefined'],
    [null, 'null'],
    ['text', "'text'"],
  ]) {
    t.regex(messageOf(value), new RegExp(`^the test's options: .* \\(it is ${shown}\\)$`));
  }
});

test('a key that does not exist is named', t => {
  t.regex(
    messageOf({name: 'x', nmae: 'y'}),
    /^the test's options: .*"nmae".* \(it is \{ name: 'x', nmae: 'y' \}\)$/,
  );
  t.regex(messageOf({name: 'x', list: [{size: 1, sise: 2}]}), /^list\.0 in the test's options: .*"sise"/);
});

test('of several wrong values the first is told', t => {
  const message = messageOf({name: 1, list: 2, gpu: 3});
  t.true(message.startsWith('name in'));
  t.false(message.includes('\n'));
});

test('a condition of the schema speaks for itself', t => {
  const even = z.number().refine(value => value % 2 === 0, 'expected an even number');
  t.is(messageOf(3, even), "the test's options: expected an even number (it is 3)");
});

test('a value that cannot be shown whole is cut', t => {
  const message = messageOf({name: Array.from({length: 1000}, () => 'long')});
  t.true(message.length < 250);
});
