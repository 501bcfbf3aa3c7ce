import {Command} from 'commander';
import {describeModels} from '../../pair/describe-models.js';
import {locateModel} from '../../pair/locate-model.js';
import {escapeJson} from '../../utils/escape-json.js';
import {interruptible} from '../interruptible.js';
import {addRenderingOptions, type RenderingFlags} from '../options/rendering.js';
import {CheckFailed} from '../report-error.js';
import {openProgressState} from '../terminal/open-progress.js';
import {ProgressDisplay} from '../terminal/progress-display.js';
import {writeStdout} from '../terminal/stdout.js';
import {formatInfo} from './format-info.js';

interface InfoFlags extends RenderingFlags {
  json?: true;
  check?: true;
  isolate?: true;
  modelsDir?: string;
}

/** Makes the command `info`: what GGUF files tell of their models, and whether they form a pair. */
export function infoCommand(): Command {
  const command = new Command('info')
    .description('Describe GGUF files, and say whether the first forms a pair with each other.')
    .argument('<files...>', 'GGUF files, or URIs such as hf:user/model:Q8_0')
    .option('--json', 'print as JSON, with all metadata')
    .option('--check', 'exit with code 1 if the models do not form a pair')
    .option('--isolate', 'read them in a process of its own, so that no file can end this one')
    .option('--models-dir <folder>', 'where downloaded models are kept');
  return addRenderingOptions(command).action(async (files: string[], flags: InfoFlags) => {
    if (flags.check && files.length < 2) {
      command.error("error: option '--check' needs two or more files");
    }

    const {isolate, rendering, templateArguments, date} = flags;
    const paths = await interruptible(async signal => locateAll(files, flags, signal));
    const descriptions = await describeModels(paths, {isolate, rendering, templateArguments, date});
    await writeStdout(
      flags.json ? `${escapeJson(JSON.stringify(descriptions, null, 2))}\n` : formatInfo(files, descriptions),
    );
    if (flags.check && descriptions.differences.some(difference => difference !== null)) {
      throw new CheckFailed();
    }
  });
}

/** Done here rather than by `describeModels`, which would download without a word. */
async function locateAll(
  files: readonly string[],
  {modelsDir: directory}: InfoFlags,
  signal: AbortSignal,
): Promise<string[]> {
  const progress = new ProgressDisplay(true);
  try {
    const paths: string[] = [];
    for (const model of files) {
      paths.push(
        await locateModel(model, {
          directory,
          signal,
          onProgress: state => progress.show(openProgressState({phase: 'download', model, ...state})),
        }),
      );
    }

    return paths;
  } finally {
    progress.clear();
  }
}
