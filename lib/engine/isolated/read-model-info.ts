import process from 'node:process';
import {libraryError} from '../native/run-operation.js';
import {EngineProcess} from './engine-process.js';
import type {Calls} from './messages.js';

/**
 * Reads what GGUF files tell of their models in a process of its own.
 *
 * @throws {@link EngineCrashedError} if a file ends that process
 */
export async function readModelInfoIsolated(paths: readonly string[]): Promise<Calls['describe']['result']> {
  const reader = new EngineProcess(process.cwd());
  try {
    return await reader.call('describe', [...paths]).promise;
  } catch (error) {
    throw libraryError(error);
  } finally {
    await reader.kill();
  }
}
