import {createRoute, type z} from '@hono/zod-openapi';
import type {TypedResponse} from 'hono';
import type {TokenUsage} from '../../engine/token-usage.js';
import {resultOf} from '../../score/result-of.js';
import {scoreSteps} from '../../score/score-steps.js';
import type {ScoredResponse} from '../../score/score-types.js';
import {bodyOf, json, problemAnswers} from '../http/json-route.js';
import type {App} from '../http/serve-env.js';
import type {Served} from '../served.js';
import {scoreCall} from './input.js';
import {lineStream} from './line-stream.js';
import {scoreAnswerSchema, scoredLineSchema, scoreRequestSchema} from './schema.js';
import {scoredLines} from './scored-lines.js';

const route = createRoute({
  method: 'post',
  path: '/v1/score',
  tags: ['Scoring'],
  summary:
    'Scores responses step by step, as scoreSteps does. With Accept: application/x-ndjson a line for each response as it ' +
    'is done.',
  request: bodyOf(scoreRequestSchema),
  responses: {
    200: {
      description: 'the answer',
      content: {...json(scoreAnswerSchema), 'application/x-ndjson': {schema: scoredLineSchema}},
    },
    ...problemAnswers(),
  },
});

type LinesAsJson = TypedResponse<z.output<typeof scoredLineSchema>, 200, 'json'>;

/** Adds `/v1/score`. */
export function addScoreRoute(app: App, served: Served): void {
  app.openapi(route, async c => {
    const request = c.req.valid('json');
    const {tokens} = request;
    const call = scoreCall(request, served.options);
    const signal = c.get('signal');
    if (c.req.header('accept')?.includes('application/x-ndjson')) {
      const lines = scoredLines(served.scoring, call, {tokens, signal});
      // The framework's types know no answer of lines.
      return (await lineStream(lines, c.req.path)) as unknown as LinesAsJson;
    }

    const {prompt, responses, one, complete, options} = call;
    const input = responses ? {prompt, responses, complete} : {prompt, ...one, complete};
    const scored = await scoreSteps(served.scoring, input, {...options, signal});
    const usage = usageOf([scored].flat());
    return Array.isArray(scored)
      ? c.json({results: scored.map(one => resultOf(one, {tokens})), usage}, 200)
      : c.json({...resultOf(scored, {tokens}), usage}, 200);
  });
}

function usageOf(scored: readonly ScoredResponse[]): TokenUsage {
  const sum = (kind: keyof TokenUsage) => scored.reduce((total, {usage}) => total + usage[kind], 0);
  return {evaluated: sum('evaluated'), reused: sum('reused')};
}
