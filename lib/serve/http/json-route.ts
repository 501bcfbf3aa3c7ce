import {createRoute, z} from '@hono/zod-openapi';

const errorSchema = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable(),
      code: z.string(),
    }),
  })
  .openapi('Error');

const problems = {
  400: 'the request is wrong',
  401: 'the key is missing or wrong',
  413: 'the body is too large',
  429: 'too much is waiting: try again',
  500: 'the models could not be evaluated',
  503: 'not ready, or ending: try again',
  504: 'it took too long',
} as const;

/** JSON of that schema. */
export const json = <Schema extends z.ZodType>(schema: Schema) => ({'application/json': {schema}});

/** Describes a route that takes a body of JSON and answers with JSON. */
export function postRoute<Path extends string, Request extends z.ZodType, Response extends z.ZodType>({
  path,
  tag,
  summary,
  request,
  response,
}: {
  path: Path;
  tag: string;
  summary: string;
  request: Request;
  response: Response;
}) {
  return createRoute({
    ...{method: 'post', path, summary, tags: [tag]},
    request: bodyOf(request),
    responses: {200: {description: 'the answer', content: json(response)}, ...problemAnswers()},
  });
}

/** Describes a route that takes nothing and answers with JSON. */
export function getRoute<Path extends string, Response extends z.ZodType>({
  path,
  tag,
  summary,
  response,
}: {
  path: Path;
  tag: string;
  summary: string;
  response: Response;
}) {
  return createRoute({
    ...{method: 'get', path, summary, tags: [tag]},
    responses: {200: {description: 'the answer', content: json(response)}},
  });
}

/** A body that has to be there. */
export function bodyOf<Schema extends z.ZodType>(schema: Schema) {
  return {body: {content: json(schema), required: true}};
}

/** They are thrown and never returned, so that handlers need not know of them. */
export function problemAnswers(): object {
  return Object.fromEntries(
    Object.entries(problems).map(([status, description]) => [
      status,
      {description, content: json(errorSchema)},
    ]),
  );
}
