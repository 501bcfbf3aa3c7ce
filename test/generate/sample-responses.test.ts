import test from 'ava';
import {sampleResponses} from '../../lib/generate/sample-responses.js';
import type {TextGenerator} from '../../lib/generate/text-generator.js';
import {openAlgebra} from '../../lib/rank/algebra/algebra.js';

/** Writes the texts one after the other. */
function writer(texts: readonly string[]): TextGenerator {
  let next = 0;
  return {
    generate: async ({n = 1}) => ({
      continuations: Array.from({length: n}, () => ({
        text: texts[next++ % texts.length]!,
        reason: 'end' as const,
        stop: null,
        tokens: 1,
      })),
      usage: {evaluated: 0, generated: n},
    }),
  };
}

const texts = ['Answer: 4', 'So \\boxed{2\\sqrt{3}}', 'Answer: \\sqrt{12}', 'None.'];
const problem = {prompt: 'How long?', reference: 'We find \\boxed{\\sqrt{4 \\cdot 3}}.'};

test('responses are labelled by the rules for answers, or by algebra', async t => {
  const byRules = await sampleResponses(writer(texts), problem, {n: 4});
  t.deepEqual(
    byRules.responses.map(({correct}) => correct),
    [false, false, false, false],
  );
  await using algebra = await openAlgebra({timeLimit: 60_000});
  const byAlgebra = await sampleResponses(writer(texts), problem, {n: 4, algebra});
  t.deepEqual(
    byAlgebra.responses.map(({answer, correct}) => [answer, correct]),
    [
      ['4', false],
      ['2\\sqrt{3}', true],
      ['\\sqrt{12}', true],
      [null, false],
    ],
  );
});

test('where nobody knows the right answer there is no label', async t => {
  const {responses} = await sampleResponses(writer(texts), {prompt: 'How long?'}, {n: 2});
  t.deepEqual(responses[0], {text: 'Answer: 4', answer: '4', complete: true, reason: 'end', tokens: 1});
  t.is(responses.length, 2);
});
