import {errorAnswer} from '../http/error-answer.js';

/**
 * Answers with lines of JSON as they are made, no faster than they are read. What goes wrong with the first of them is
 * thrown, so that it is an answer of its own; what goes wrong later is the last line.
 *
 * @param path - of the request, for the error
 */
export async function lineStream(lines: AsyncGenerator<object, void>, path: string): Promise<Response> {
  let next: Promise<IteratorResult<object, void>> | undefined = Promise.resolve(await lines.next());
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const {line, isLast} = await lineOf(next ?? lines.next(), path);
        next = undefined;
        if (line) {
          controller.enqueue(encoder.encode(`${JSON.stringify(line)}\n`));
        }

        if (isLast) {
          controller.close();
        }
      },
      async cancel() {
        await lines.return();
      },
    },
    // Nothing is made before it is asked for.
    {highWaterMark: 0},
  );
  return new Response(stream, {headers: {'content-type': 'application/x-ndjson'}});
}

async function lineOf(
  next: Promise<IteratorResult<object, void>>,
  path: string,
): Promise<{line: object | undefined; isLast: boolean}> {
  try {
    const {value, done} = await next;
    return {line: value ?? undefined, isLast: done ?? false};
  } catch (error) {
    return {line: errorAnswer(error, path).body, isLast: true};
  }
}
