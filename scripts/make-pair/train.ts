import {copyFileSync, existsSync, readFileSync} from 'node:fs';
import {writeText} from './json-lines.js';
import {files, recipe} from './recipe.js';
import {runProduct} from './run-product.js';

/** Trains the adapter, or goes on with it, and puts it into `models`. What `train` printed is kept beside it. */
export async function trainAdapter(): Promise<void> {
  const options = Object.entries(recipe.training).flatMap(([name, value]) => [`--${name}`, value]);
  // The activations of so small a model are kept: that is faster than to compute them anew.
  const machine = ['--gpu', 'off', '--threads', 1, '--checkpointing', 'off'];
  const printed = await runProduct(
    'train',
    '--base',
    files.base,
    '--output',
    files.trained,
    ...options,
    ...machine,
    '--resume',
    '--json',
    files.sampled('train'),
  );
  writeText(files.training, printed);
  if (!existsSync(files.adapter) || !readFileSync(files.adapter).equals(readFileSync(files.trained))) {
    copyFileSync(files.trained, files.adapter);
  }
}
