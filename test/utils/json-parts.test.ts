import test from 'ava';
import fc from 'fast-check';
import {jsonFields, jsonParts} from '../../lib/utils/json-parts.js';

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

test('fields are cut out as they are written', t => {
  const fields = jsonFields(String.raw` { "a" : 1.50 , "b\"}": "x,\\" ,"c":{"d":[1,{"e":2}]},"":[] } `);
  t.deepEqual(
    [...fields],
    [
      ['a', '1.50'],
      ['b"}', String.raw`"x,\\"`],
      ['c', '{"d":[1,{"e":2}]}'],
      ['', '[]'],
    ],
  );
});

test('an object may be empty, and of a key given twice the last value counts', t => {
  t.deepEqual([...jsonFields('{}')], []);
  t.deepEqual([...jsonFields('{"a":1,"a":{"b":2}}')], [['a', '{"b":2}']]);
});

test('any object falls into fields that make it again', t => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({unit: 'grapheme'}), fc.jsonValue()),
      fc.constantFrom(0, 2),
      (object, indent) => {
        const fields = jsonFields(JSON.stringify(object, null, indent));
        const again = `{${[...fields].map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(',')}}`;
        t.deepEqual(JSON.parse(again), JSON.parse(JSON.stringify(object)));
      },
    ),
  );
});
