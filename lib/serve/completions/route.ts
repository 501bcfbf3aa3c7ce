import {randomUUID} from 'node:crypto';
import type {ModelName, SingleModelEngine} from '../../engine/engine.js';
import {modelTokenUsage} from '../../engine/token-usage.js';
import {ContextOverflowError} from '../../errors/context-overflow-error.js';
import {HttpError} from '../http/http-error.js';
import {postRoute} from '../http/json-route.js';
import type {App} from '../http/serve-env.js';
import type {Served} from '../served.js';
import {pairModel} from '../status/models.js';
import {
  type ChoiceOptions,
  type CompletionPrompt,
  choiceOf,
  type PromptLogprobs,
  wantsLikeliest,
} from './choice.js';
import {promptsOf} from './prompts.js';
import {type CompletionRequest, completionAnswerSchema, completionRequestSchema} from './schema.js';

const route = postRoute({
  path: '/v1/completions',
  tag: 'Log-probabilities',
  summary:
    'The log-probabilities of the tokens of prompts, and the most probable next one, as OpenAI and vLLM tell them.',
  request: completionRequestSchema,
  response: completionAnswerSchema,
});

/** Adds `/v1/completions`. */
export function addCompletionsRoute(app: App, served: Served): void {
  app.openapi(route, async c => {
    const request = c.req.valid('json');
    const {pair, texts} = served;
    const signal = c.get('signal');
    const model = modelOf(request.model, pair.info.reference !== null);
    const options = choiceOptions(request);
    const prompts = await promptsOf(pair, texts, request, signal);
    requireFit(prompts, pair.info.contextSize);
    const {said, reused} = await logprobsOf(served.engine, model, prompts, {
      likeliest: wantsLikeliest(options),
      signal,
    });
    await texts.learn(prompts.flatMap(({tokens}) => Array.from(tokens)));
    await texts.learn(said.flatMap(({likeliest}) => Array.from(likeliest?.tokens ?? [])));
    const promptTokens = prompts.reduce((sum, {tokens}) => sum + tokens.length, 0);
    const completionTokens = options.generates ? prompts.length : 0;
    return c.json(
      {
        id: `cmpl-${c.req.header('x-request-id') ?? randomUUID()}`,
        object: 'text_completion' as const,
        created: Math.floor(Date.now() / 1000),
        model,
        choices: prompts.map((prompt, index) =>
          choiceOf(index, prompt, said[index]!, token => texts.of(token), options),
        ),
        usage: {
          prompt_tokens: promptTokens,
          completion_tokens: completionTokens,
          total_tokens: promptTokens + completionTokens,
          prompt_tokens_details: {cached_tokens: reused},
        },
      },
      200,
    );
  });
}

function choiceOptions(request: CompletionRequest): ChoiceOptions {
  return {
    echo: request.echo ?? false,
    logprobs: request.logprobs ?? undefined,
    promptLogprobs: request.prompt_logprobs ?? undefined,
    generates: request.max_tokens === 1,
    tokenIds: request.return_token_ids ?? false,
    asTokenIds: request.return_tokens_as_token_ids ?? false,
  };
}

/** The model of that name, the policy without one. */
function modelOf(name: string | null | undefined, hasReference: boolean): ModelName {
  const names = ['policy', ...(hasReference ? ['reference'] : [])];
  const known = names.find(one => one === (name ?? 'policy'));
  if (known === undefined) {
    throw name === pairModel
      ? new HttpError(
          400,
          `${pairModel} is the pair, which has rewards: ask ${names.join(' or ')} for log-probabilities.`,
          {
            ...{code: 'INVALID_INPUT', param: 'model'},
          },
        )
      : new HttpError(
          404,
          `The model ${JSON.stringify(name)} does not exist: there are ${names.join(' and ')}.`,
          {
            ...{code: 'NO_MODEL', param: 'model'},
          },
        );
  }

  return known as ModelName;
}

function requireFit(prompts: readonly CompletionPrompt[], contextSize: number): void {
  const index = prompts.findIndex(({tokens}) => tokens.length > contextSize);
  if (index !== -1) {
    throw new ContextOverflowError(
      `Prompt number ${index + 1} has ${prompts[index]!.tokens.length} tokens, but the context has ${contextSize}.`,
    );
  }
}

/** What the model says of each prompt; nothing has to be asked of one that has nothing but its first token. */
async function logprobsOf(
  engine: SingleModelEngine,
  model: ModelName,
  prompts: readonly CompletionPrompt[],
  options: {likeliest: boolean; signal: AbortSignal},
): Promise<{said: PromptLogprobs[]; reused: number}> {
  const asked = prompts.filter(({tokens}) => tokens.length > 1 || options.likeliest);
  const sequences = asked.map(({tokens}) => ({tokens, from: 1}));
  const result = asked.length === 0 ? undefined : await engine.modelLogprobs(model, sequences, options);
  const said = prompts.map(prompt => {
    const index = asked.indexOf(prompt);
    return {
      logprobs: result?.logprobs[index] ?? new Float32Array(),
      likeliest: result?.likeliest?.[index],
    };
  });
  const reused = sequences.reduce(
    (sum, sequence, index) => sum + modelTokenUsage(result!, index, sequence).reused,
    0,
  );
  return {said, reused};
}
