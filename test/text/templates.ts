import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {vocabularyFile} from '../helpers/llama-cpp-source.js';

/** The folder of chat templates in llama.cpp's source, `undefined` where the release in use has none. */
function templatesDirectory(): string | undefined {
  const vocabulary = vocabularyFile('qwen2');
  const directory = vocabulary && path.join(path.dirname(vocabulary), 'templates');
  return directory && existsSync(directory) ? directory : undefined;
}

/** The names of the chat templates of real models that llama.cpp ships, without their extension. */
export function templateNames(): string[] {
  const directory = templatesDirectory();
  const files = directory ? readdirSync(directory) : [];
  return files.filter(file => file.endsWith('.jinja')).map(file => path.basename(file, '.jinja'));
}

/** The Jinja source of one of them, `undefined` if it is not there. */
export function templateSource(name: string): string | undefined {
  const directory = templatesDirectory();
  const file = directory && path.join(directory, `${name}.jinja`);
  return file && existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
