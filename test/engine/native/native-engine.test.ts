import test from 'ava';
import {InvalidInputError, type TokenSequence} from '../../../lib/index.js';
import {withPair} from '../../helpers/pairs.js';

const tokens = Int32Array.of(1, 2, 3);
const wrong: [string, unknown, RegExp][] = [
  ['tokens in a plain array', {tokens: [1, 2], from: 1}, /sequences\[0\]\.tokens.*Int32Array/],
  ['nothing before the first token', {tokens, from: 0}, /from.*1 to 2.*not 0/],
  ['nothing to score', {tokens, from: 3}, /from.*not 3/],
  ['a position that is no whole number', {tokens, from: 1.5}, /from.*not 1\.5/],
  ['a token beyond the vocabulary', {tokens: Int32Array.of(1, 260), from: 1}, /no token 260.*260/],
  ['a negative token', {tokens: Int32Array.of(-1, 2), from: 1}, /no token -1/],
];
for (const [what, sequence, message] of wrong) {
  test(`${what} is refused`, async t => {
    await withPair({}, async pair => {
      const call = pair.engine.logprobs([sequence as TokenSequence]);
      await t.throwsAsync(call, {instanceOf: InvalidInputError, message});
    });
  });
}

test('no sequences give no results', async t => {
  await withPair({}, async pair => {
    t.deepEqual(await pair.engine.logprobs([]), {
      policy: [],
      reference: [],
      evaluated: new Uint32Array(),
    });
  });
});

test('a sequence that does not fit is refused', async t => {
  await withPair({}, async pair => {
    const call = pair.engine.logprobs([{tokens: new Int32Array(513), from: 1}]);
    await t.throwsAsync(call, {code: 'CONTEXT_OVERFLOW', message: /513.*512/});
  });
});

test('a sequence that fills the context is scored', async t => {
  await withPair({batchSize: 64}, async pair => {
    const {policy} = await pair.engine.logprobs([{tokens: new Int32Array(512), from: 1}]);
    t.is(policy[0]!.length, 511);
    t.true(policy[0]!.every(value => value <= 0));
  });
});

test('tokens become text again', async t => {
  await withPair({}, async pair => {
    t.is(await pair.tokeniser.detokenise(Int32Array.of(104, 195, 169, 258)), 'hé<|im_end|>');
    await t.throwsAsync(pair.tokeniser.detokenise(Int32Array.of(9999)), {message: /no token 9999/});
  });
});
