import type {LlamaContextSequence, LlamaModel, Token} from 'node-llama-cpp';
import type {CheckedInput} from '../generate-schema.js';
import {StoppingText} from '../stopping-text.js';
import type {Continuation, Generation, StopReason} from '../text-generator.js';
import type {SharedPrefix} from './shared-prefix.js';
import {TokenText} from './token-text.js';

/** A continuation being written. */
interface Writer {
  /** Which call, and which of its continuations. */
  call: number;
  index: number;
  branch: LlamaContextSequence;
  /** Evaluates the latest token and draws the next. */
  tokens: AsyncGenerator<Token, void>;
  decoder: TokenText;
  text: StoppingText;
  count: number;
}

/** What is to be continued, and how. */
export interface WritingCall {
  input: CheckedInput;
  /** Prompt and prefix. */
  tokens: readonly Token[];
  /** How many of them are the prompt's. */
  promptLength: number;
  /** The most tokens that fit behind them. */
  room: number;
}

/**
 * Writes all continuations of all calls, a token of each in a round, as many at once as there are branches. In rounds, so
 * that what is evaluated together, on which the last bits of every sum depend, does not depend on how fast anything is.
 *
 * @returns for each call what was made of it
 */
export async function writeInRounds(
  model: LlamaModel,
  prefix: SharedPrefix,
  calls: readonly WritingCall[],
): Promise<Generation[]> {
  const made = calls.map(({input}) => ({
    continuations: Array.from({length: input.n}, () => unbegun),
    evaluated: 0,
  }));
  const free = [...prefix.branches];
  const waiting = calls.flatMap(({input}, call) =>
    Array.from({length: input.n}, (_, index) => ({call, index})),
  );
  let trunkOf: number | undefined;
  let writers: Writer[] = [];
  try {
    while (writers.length > 0 || waiting.length > 0) {
      while (waiting.length > 0 && free.length > 0) {
        const {call, index} = waiting.shift()!;
        const {input, tokens, promptLength} = calls[call]!;
        if (input.signal?.aborted) {
          continue;
        }

        if (call !== trunkOf) {
          made[call]!.evaluated += await prefix.evaluate(tokens, promptLength, input.signal);
          trunkOf = call;
        }

        const branch = free.shift()!;
        await prefix.copyTo(branch);
        writers.push(begin(model, branch, calls[call]!, {call, index}));
      }

      const left = await writeRound(model, writers, calls);
      for (const {writer, reason} of left.ended) {
        made[writer.call]!.continuations[writer.index] = conclude(writer, reason, calls[writer.call]!.input);
        await writer.tokens.return();
        free.push(writer.branch);
      }

      writers = left.writing;
    }

    return made.map(({continuations, evaluated}) => {
      const generated = continuations.reduce((sum, {tokens}) => sum + (tokens ?? 0), 0);
      return {continuations, usage: {evaluated, generated}};
    });
  } finally {
    await Promise.all(writers.map(async ({tokens}) => tokens.return()));
  }
}

/** Draws a token for each writer whose call was not aborted, and tells which of them have come to an end. */
async function writeRound(
  model: LlamaModel,
  writers: readonly Writer[],
  calls: readonly WritingCall[],
): Promise<{writing: Writer[]; ended: {writer: Writer; reason: StopReason}[]}> {
  const ended: {writer: Writer; reason: StopReason}[] = [];
  const live = writers.filter(writer => {
    const aborted = calls[writer.call]!.input.signal?.aborted;
    if (aborted) {
      ended.push({writer, reason: 'aborted'});
    }

    return !aborted;
  });
  const drawn = await Promise.all(live.map(async writer => writer.tokens.next()));
  const writing = live.filter((writer, position) => {
    const reason = take(model, writer, drawn[position]!.value as Token, calls[writer.call]!);
    if (reason) {
      ended.push({writer, reason});
    }

    return !reason;
  });
  return {writing, ended};
}

const unbegun: Continuation = {text: '', reason: 'aborted', stop: null, tokens: 0};

function begin(
  model: LlamaModel,
  branch: LlamaContextSequence,
  {tokens, input}: WritingCall,
  place: {call: number; index: number},
): Writer {
  const {seed, temperature, topP, minP, topK = 0, stop} = input;
  const options = {temperature, topP, minP, topK, seed: seed + place.index, yieldEogToken: true};
  return {
    ...place,
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
  {room, input: {maxTokens = room, onText}}: WritingCall,
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
