import type {LlamaContextSequence, LlamaModel, Token} from 'node-llama-cpp';
import type {CheckedInput} from '../generate-schema.js';
import {StoppingText} from '../stopping-text.js';
import type {Continuation, StopReason} from '../text-generator.js';
import type {SharedPrefix} from './shared-prefix.js';
import {TokenText} from './token-text.js';

/** A continuation being written. */
interface Writer {
  index: number;
  branch: LlamaContextSequence;
  /** Evaluates the latest token and draws the next. */
  tokens: AsyncGenerator<Token, void>;
  decoder: TokenText;
  text: StoppingText;
  count: number;
}

/**
 * Writes all continuations, a token of each in a round, as many at once as there are branches. In rounds, so that
 * what is evaluated together, on which the last bits of every sum depend, does not depend on how fast anything is.
 *
 * @param tokens - prompt and prefix; the trunk has evaluated all but the last
 * @param room - the most tokens that fit behind them
 */
export async function writeInRounds(
  model: LlamaModel,
  prefix: SharedPrefix,
  tokens: readonly Token[],
  room: number,
  input: CheckedInput,
): Promise<Continuation[]> {
  const continuations: Continuation[] = Array.from({length: input.n}, () => unbegun);
  const free = [...prefix.branches];
  let writers: Writer[] = [];
  let begun = 0;
  try {
    while (!input.signal?.aborted && (writers.length > 0 || begun < input.n)) {
      for (; begun < input.n && free.length > 0; begun++) {
        const branch = free.shift()!;
        await prefix.copyTo(branch);
        writers.push(begin(model, branch, tokens, begun, input));
      }

      const writing = [];
      const drawn = await Promise.all(writers.map(async writer => writer.tokens.next()));
      for (const [position, writer] of writers.entries()) {
        const reason = take(model, writer, drawn[position]!.value as Token, room, input);
        if (!reason) {
          writing.push(writer);
          continue;
        }

        continuations[writer.index] = conclude(writer, reason, input);
        await writer.tokens.return();
        free.push(writer.branch);
      }

      writers = writing;
    }

    for (const writer of writers) {
      continuations[writer.index] = conclude(writer, 'aborted', input);
    }

    return continuations;
  } finally {
    await Promise.all(writers.map(async ({tokens}) => tokens.return()));
  }
}

const unbegun: Continuation = {text: '', reason: 'aborted', stop: null, tokens: 0};

function begin(
  model: LlamaModel,
  branch: LlamaContextSequence,
  tokens: readonly Token[],
  index: number,
  {seed, temperature, topP, minP, topK = 0, stop}: CheckedInput,
): Writer {
  const options = {temperature, topP, minP, topK, seed: seed + index, yieldEogToken: true};
  return {
    index,
    branch,
    tokens: branch.evaluate(tokens.slice(-1) as Token[], options),
    decoder: new TokenText(model, tokens),
    text: new StoppingText(stop),
    count: 0,
  };
}

/** Adds the token that was drawn, and tells whether the continuation ends with it. */
function take(
  model: LlamaModel,
  writer: Writer,
  token: Token,
  room: number,
  {maxTokens = room, onText}: CheckedInput,
): StopReason | undefined {
  writer.count++;
  if (model.isEogToken(token)) {
    return 'end';
  }

  tell(writer, writer.text.add(writer.decoder.add(token)), onText);
  if (writer.text.stop !== null) {
    return 'stop';
  }

  return writer.count >= Math.min(maxTokens, room) ? 'length' : undefined;
}

function conclude(writer: Writer, reason: StopReason, {onText}: CheckedInput): Continuation {
  // What was incomplete may complete a stop text.
  tell(writer, writer.text.add(writer.decoder.end()), onText);
  tell(writer, writer.text.end(), onText);
  const {text, stop} = writer.text;
  return {text, reason: stop === null ? reason : 'stop', stop, tokens: writer.count};
}

function tell({index}: Writer, text: string, onText: CheckedInput['onText']): void {
  if (text !== '') {
    onText?.({index, text});
  }
}
