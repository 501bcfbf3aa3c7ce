import test from 'ava';
import {EvaluationError} from '../../lib/index.js';
import {scoreResponse} from '../../lib/score/score-response.js';
import {splitSteps} from '../../lib/steps/split-steps.js';

const response = 'One.\n\nTwo.';
const options = {beta: 1, aggregate: 'min', scoreBy: 'reward'} as const;

function scored(policy: readonly number[], reference: readonly number[] | null, beta = 1) {
  return scoreResponse(
    {response, spans: splitSteps(response)},
    {
      ...{tokens: Int32Array.of(7, 8, 9), promptLength: 1, starts: Uint32Array.of(0, 6)},
      ...{rendering: 'continuation', unscored: [], isCutByTemplate: false},
    },
    {
      policyLogprobs: Float32Array.from(policy),
      referenceLogprobs: reference && Float32Array.from(reference),
    },
    {...options, beta},
  );
}

for (const [value, name] of [
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
  [Number.NEGATIVE_INFINITY, '-Infinity'],
] as const) {
  test(`a log-probability of ${name} is the model's fault, and is told with its token and place`, t => {
    const policy = t.throws(() => scored([-1, value], [-1, -1]), {instanceOf: EvaluationError});
    t.is(policy.code, 'EVALUATION_FAILED');
    t.regex(
      policy.message,
      new RegExp(`policy gives token 1 .* \\(number 9 .* character 6\\) .* ${name}`, 'u'),
    );
    const reference = t.throws(() => scored([-1, -1], [value, -1]), {instanceOf: EvaluationError});
    t.regex(reference.message, /reference gives token 0 .* \(number 8 in the vocabulary, at character 0\)/);
  });
}

test('a reward that none can be is the fault of the models', t => {
  const error = t.throws(() => scored([-1, -3e6], [-1, -1]), {instanceOf: EvaluationError});
  t.is(error.code, 'EVALUATION_FAILED');
  t.regex(error.message, /Step 2, from token 1 .* \(number 9 .*±1000000/);
  t.is(scored([-1, -0.9e6], null).steps.length, 2);
  t.throws(() => scored([-0.6e6, -0.6e6], null), {message: /a Q value of -1200000/});
});
