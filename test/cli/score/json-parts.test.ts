import test from 'ava';
import fc from 'fast-check';
import {jsonParts} from '../../../lib/cli/score/json-parts.js';

test('elements are cut out as they are written', t => {
  const parts = [...jsonParts(String.raw` [ 1.50 ,"],\"",{"a":[1,2],"b":":"}, [] ] `)];
  t.deepEqual(
    parts.map(({value}) => value),
    ['1.50', String.raw`"],\""`, '{"a":[1,2],"b":":"}', '[]'],
  );
  t.true(parts.every(({key}) => key === undefined));
});

test('an array may be empty', t => {
  t.deepEqual([...jsonParts('[ ]')], []);
});

test('any array falls into elements that make it again', t => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.constantFrom(0, 2), (array, indent) => {
      const elements = Array.from(jsonParts(JSON.stringify(array, null, indent)), ({value}) => value);
      t.deepEqual(JSON.parse(`[${elements.join()}]`), JSON.parse(JSON.stringify(array)));
    }),
  );
});
