// lm-evaluation-harness against `serve`, compared with what it gets of Hugging Face transformers on the same weights.
import test from 'ava';
import {createServer, openPair} from '../../lib/index.js';
import {arithmeticPair, exact} from '../helpers/pairs.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';
import {convertModel} from '../hugging-face/convert.js';
import {writeTask} from './arithmetic-task.js';
import {type Evaluation, lmEval} from './lm-eval.js';

const apiKey = 'a key for tests';
const {directory, questions} = writeTask(24);
const weights = convertModel(arithmeticPair().policy, temporaryDirectory());

/** By the way that the harness goes; `transformers` is what the others are compared with. */
let evaluated: Record<'transformers' | 'remoteTokenizer' | 'tokenIds' | 'text' | 'gguf', Evaluation>;

test.before(async t => {
  t.timeout(1_200_000);
  await using pair = await openPair({...arithmeticPair(), gpu: false, threads: 1, ...exact});
  await using closed = createServer(pair, {apiKey});
  // The harness's `gguf` sends no key.
  await using open = createServer(pair);
  const {url} = await closed.listen();
  const completions = {model: 'policy', base_url: `${url}/v1/completions`, max_length: 512};
  evaluated = await lmEval(
    directory,
    {
      transformers: {
        model: 'hf',
        model_args: {pretrained: weights, dtype: 'float32', device: 'cpu'},
        batch_size: 1,
      },
      remoteTokenizer: {
        model: 'local-completions',
        model_args: {...completions, auth_token: apiKey},
        batch_size: 4,
      },
      tokenIds: {
        model: 'local-completions',
        model_args: {...completions, tokenizer: weights, tokenizer_backend: 'huggingface'},
        batch_size: 4,
      },
      text: {
        model: 'local-completions',
        model_args: {
          ...completions,
          tokenizer: weights,
          tokenizer_backend: 'huggingface',
          tokenized_requests: false,
        },
        batch_size: 1,
      },
      gguf: {model: 'gguf', model_args: {base_url: (await open.listen()).url}, batch_size: 1},
    },
    {OPENAI_API_KEY: apiKey},
  );
});

test('the task has answers that are the most likely ones and others, and questions that are answered wrong', t => {
  const {accuracy, choices} = evaluated.transformers;
  t.is(choices.length, questions.length);
  t.true(accuracy > 0.25 && accuracy < 0.9, String(accuracy));
  t.true(choices.flat().some(([, isGreedy]) => isGreedy) && choices.flat().some(([, isGreedy]) => !isGreedy));
});

for (const [way, title] of Object.entries({
  remoteTokenizer: "local-completions with the server's tokenizer",
  tokenIds: 'local-completions with a tokenizer of its own, which sends token ids',
  text: 'local-completions with text',
  gguf: 'gguf',
}) as [keyof typeof evaluated, string][]) {
  test(`${title} gets what transformers gives`, t => {
    const expected = evaluated.transformers;
    const {accuracy, choices} = evaluated[way];
    t.is(accuracy, expected.accuracy);
    t.deepEqual(
      choices.map(question => question.map(([, isGreedy]) => isGreedy)),
      expected.choices.map(question => question.map(([, isGreedy]) => isGreedy)),
    );
    const differences = expected.choices.flatMap((question, index) =>
      question.map(([value], choice) => Math.abs(value - choices[index]![choice]![0])),
    );
    const worst = Math.max(...differences);
    t.log(`${differences.length} log-likelihoods, the worst ${worst.toExponential(1)} nats apart`);
    t.true(worst <= 1e-3, String(worst));
  });
}
