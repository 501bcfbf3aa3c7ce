import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {describeModels, ModelError, openPair} from '../../lib/index.js';
import {arr, readGguf, writeGguf} from '../../test/helpers/gguf-file.js';
import {vocabularyFile} from '../../test/helpers/llama-cpp-source.js';
import {inTurns, secondsOf} from '../measure.js';
import type {Settings} from '../settings.js';
import {digits, markdownTable} from '../table.js';

/** What the check of a model's file costs, beside opening a model of that vocabulary. */
export async function openingSection(settings: Settings): Promise<string> {
  const directory = mkdtempSync(path.join(tmpdir(), 'implicit-prm-bench-'));
  try {
    const {file, tokens} = refusedAtTheEnd(path.join(directory, 'twice.gguf'));
    const rows = [];
    for (const {name, policy} of settings.pairs) {
      const check = async () => secondsOf(async () => requireRefusal(file));
      const open = async () =>
        secondsOf(async () => {
          const pair = await openPair({policy, gpu: false, threads: settings.threads, contextSize: 512});
          await pair.close();
        });
      // Both files are in memory from here on, as after a first run.
      await check();
      await open();
      const [checking, opening] = await inTurns(3 * settings.rounds, [check, open]);
      rows.push([
        name,
        tokens.toLocaleString('en'),
        digits(1000 * checking!),
        digits(1000 * opening!),
        digits(checking! / opening!),
      ]);
    }

    return markdownTable(['model', 'tokens', 'check / ms', 'opening and closing / ms', 'ratio'], rows);
  } finally {
    rmSync(directory, {recursive: true});
  }
}

/** The vocabulary of Qwen2, whose last token is another's: all of it is checked, and nothing is done after that. */
function refusedAtTheEnd(target: string): {file: string; tokens: number} {
  const vocabulary = vocabularyFile('qwen2');
  const {metadata, tensors} = readGguf(vocabulary!);
  const key = 'tokenizer.ggml.tokens';
  const tokens = metadata.get(key);
  if (tokens?.type !== 'arr') {
    throw new Error(`${vocabulary} has no tokens.`);
  }

  const {value} = tokens;
  const twice = new Map(metadata).set(key, arr('str', value.with(-1, value[0]!)));
  return {file: writeGguf(target, {metadata: twice, tensors}), tokens: value.length};
}

async function requireRefusal(file: string): Promise<void> {
  const error = await describeModels([file]).catch((thrown: unknown) => thrown);
  if (!(error instanceof ModelError && error.message.includes('a text of its own'))) {
    throw new Error('The file was not refused for its last token.');
  }
}
