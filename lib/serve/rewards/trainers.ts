import {z} from '@hono/zod-openapi';
import {messagesSchema, textSchema} from '../../score/score-schema.js';
import {postRoute} from '../http/json-route.js';
import type {App} from '../http/serve-env.js';
import type {Served} from '../served.js';
import {judge} from './judge.js';
import {judgeTemplated} from './templated.js';
import {probabilityOf, rewardOf} from './values.js';

const openRlhf = postRoute({
  path: '/get_reward',
  tag: 'Rewards',
  summary:
    'OpenRLHF’s --reward.remote_url: rewards of prompt and response in one text that the chat template wrote.',
  request: z.object({
    query: z.array(textSchema).min(1),
    prompts: z.array(textSchema).nullish(),
  }),
  response: z.object({
    rewards: z.array(z.number()),
    scores: z.array(z.number()),
    extra_logs: z.record(z.string(), z.array(z.number())),
  }),
});

const slime = postRoute({
  path: '/reward',
  tag: 'Rewards',
  summary:
    'slime’s --rm-url: the reward of a response to a prompt that the chat template wrote, or to messages.',
  request: z.object({prompt: z.union([textSchema, messagesSchema]), response: textSchema}),
  response: z.number(),
});

/** Adds `/get_reward` and `/reward`. */
export function addTrainerRoutes(app: App, served: Served): void {
  const {reward} = served.options;
  app.openapi(openRlhf, async c => {
    const {query, prompts} = c.req.valid('json');
    const inputs = query.map((text, index) => ({text, prompt: prompts?.[index]}));
    const judged = await judgeTemplated(served, inputs, c.get('signal'));
    return c.json(
      {
        rewards: judged.map(one => rewardOf(one, reward)),
        scores: judged.map(probabilityOf),
        extra_logs: {
          implicit_prm_lowest_step: judged.map(({steps}) => Math.min(...steps.map(step => step.reward))),
          implicit_prm_steps: judged.map(({steps}) => steps.length),
        },
      },
      200,
    );
  });
  app.openapi(slime, async c => {
    const {prompt, response} = c.req.valid('json');
    const signal = c.get('signal');
    const [judged] =
      typeof prompt === 'string'
        ? await judgeTemplated(served, [{text: prompt + response, prompt}], signal)
        : await judge(served, [{prompt, response, complete: true, allowSpecialTokens: false}], signal);
    return c.json(rewardOf(judged!, reward), 200);
  });
}
