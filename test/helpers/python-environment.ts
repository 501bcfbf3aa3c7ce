import {existsSync} from 'node:fs';
import {fileURLToPath} from 'node:url';

/** What `scripts/python/set-up.js` installs. */
export type PythonEnvironment = 'clients' | 'llama-server' | 'vllm';

/** The Python of an environment for tests. */
export function pythonOf(name: PythonEnvironment): string {
  const python = fileURLToPath(new URL(`../../build/python/${name}/bin/python`, import.meta.url));
  if (!existsSync(python)) {
    throw new Error(`${python} is missing: run \`node scripts/python/set-up.js ${name}\``);
  }

  return python;
}

/** Variables for it: nothing is looked up outside the machine, and nothing is reported. */
export const pythonSettings = {
  HF_HUB_OFFLINE: '1',
  HF_DATASETS_OFFLINE: '1',
  TRANSFORMERS_OFFLINE: '1',
  HF_HUB_DISABLE_TELEMETRY: '1',
  DO_NOT_TRACK: '1',
  // What is compiled on import is kept for the next time, whatever the machine is set to.
  PYTHONDONTWRITEBYTECODE: '',
};
