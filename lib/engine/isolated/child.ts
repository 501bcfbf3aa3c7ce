/** What an engine's process runs: the native engine, asked by messages. */
import process from 'node:process';
import {ImplicitPrmError} from '../../errors/implicit-prm-error.js';
import type {EvaluationOptions} from '../engine.js';
import {readModelInfo} from '../native/model-info.js';
import {NativeEngine} from '../native/native-engine.js';
import type {CallName, Calls, Request, SentError, ToEngine, ToHost} from './messages.js';

const running = new Map<number, AbortController>();
let opened: NativeEngine | undefined;

/** A host that is gone hears nothing; that it is gone, `disconnect` says. */
function tell(message: ToHost): void {
  process.send?.(message, undefined, undefined, () => {});
}

async function answer(request: Request): Promise<void> {
  const {id} = request;
  const controller = new AbortController();
  running.set(id, controller);
  try {
    tell({id, result: await carryOut(request, controller.signal)});
  } catch (error) {
    tell({id, error: controller.signal.aborted ? {code: 'CANCELLED', message: ''} : sentError(error)});
  } finally {
    running.delete(id);
  }
}

async function carryOut(request: Request, signal: AbortSignal): Promise<Calls[CallName]['result']> {
  const report = (done: number, total: number) => tell({id: request.id, progress: [done, total]});
  const onProgress: EvaluationOptions['onProgress'] = request.progress
    ? ({tokens, total}) => report(tokens, total)
    : undefined;
  switch (request.call) {
    case 'open':
      opened = await NativeEngine.open(request.input.options, {
        signal,
        onLog: (level, text) => {
          if (level !== 'debug' || request.input.sendsDebug) {
            tell({log: [level, text]});
          }
        },
        ...(request.progress ? {onProgress: report} : {}),
      });
      return {description: opened.description, info: opened.info};
    case 'logprobs':
      return opened!.logprobs(request.input, {signal, onProgress});
    case 'modelLogprobs': {
      const {model, sequences, likeliest} = request.input;
      return opened!.modelLogprobs(model, sequences, {likeliest, signal, onProgress});
    }

    case 'tokenise':
      return opened!.tokenise(request.input.text, request.input.parseSpecial, {signal});
    case 'detokenise':
      return opened!.detokenise(request.input);
    case 'describe':
      return readModelInfo(request.input);
  }
}

function sentError(error: unknown): SentError {
  return {
    code: error instanceof ImplicitPrmError ? error.code : undefined,
    message: error instanceof Error ? error.message : String(error),
  };
}

/** The host is gone. Nothing here outlives the process, and nothing that llama.cpp is at may keep it. */
function leave(): void {
  process.kill(process.pid, 'SIGKILL');
}

// A terminal and a service manager send these to the whole group; when to end is for the host to say.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {});
}

process.on('disconnect', leave);
process.on('message', (message: ToEngine) => {
  if ('cancel' in message) {
    running.get(message.id)?.abort();
  } else {
    void answer(message);
  }
});
if (!process.connected) {
  leave();
}
