import type {Rival} from './driver.js';
import {openControlledEvaluate} from './drivers/controlled-evaluate.js';
import {openLlamaCppPython} from './drivers/llama-cpp-python.js';
import {openOneAtATime} from './drivers/one-at-a-time.js';
import {pythonHas} from './drivers/python-process.js';
import {openTransformers} from './drivers/transformers.js';

/** What implicit-prm is compared with; the Python ones only where Python has them. */
export function findRivals(): Rival[] {
  const rivals: Rival[] = [
    {title: 'one at a time', repeatsPrompt: true, open: openOneAtATime},
    {
      title: 'controlledEvaluate',
      repeatsPrompt: false,
      open: async (pair, options) => openControlledEvaluate(pair, options, 'logits'),
    },
    {
      title: 'with probabilities',
      repeatsPrompt: false,
      slowness: 6,
      open: async (pair, options) => openControlledEvaluate(pair, options, 'probabilities'),
    },
  ];
  if (pythonHas('llama_cpp', 'numpy')) {
    rivals.push({title: 'llama-cpp-python', repeatsPrompt: false, open: openLlamaCppPython});
  }

  if (pythonHas('torch', 'transformers', 'gguf')) {
    rivals.push({title: 'transformers', repeatsPrompt: true, open: openTransformers});
  }

  return rivals;
}
