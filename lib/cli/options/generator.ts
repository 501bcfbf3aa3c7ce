import {type Command, Option} from 'commander';
import {wholeNumber} from './numbers.js';

/** The options that say which model writes, but for where it is computed. */
export interface GeneratorFlags {
  model?: string;
  apiModel?: string;
  parallel?: number;
}

/**
 * Adds the options of {@link GeneratorFlags} to a command, and the one for a server.
 *
 * @param url - the name of that option, such as `--url`
 * @param model - what `--model` is for
 * @returns the command
 */
export function addGeneratorOptions(command: Command, url: string, model: string): Command {
  const server = new Option(`${url} <url>`, 'or a server with /v1/completions: vLLM, SGLang, llama-server');
  return command
    .addOption(new Option('--model <model>', model).conflicts([server.attributeName(), 'apiModel']))
    .addOption(server)
    .option('--api-model <name>', 'the model’s name at the server; its first if left out')
    .option('--parallel <number>', 'responses written at once; 16 if left out', wholeNumber(1, 255));
}
