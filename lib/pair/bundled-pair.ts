import path from 'node:path';
import {packageRoot} from '../utils/package-root.js';

/** The files of the pair that ships with the package: one set of weights, with and without an adapter. */
export interface BundledPair {
  /** The path of the base: with the adapter it is the policy. */
  policy: string;
  /** The path of the same file: without the adapter it is the reference. */
  reference: string;
  /** The path of the adapter that `train` made of outcome labels. */
  lora: string;
}

/**
 * The paths of the pair that ships with the package, ready for {@link openPair}: an implicit PRM for step-by-step integer
 * arithmetic, a base of 3.3 MB and an adapter, trained with this package on outcome labels alone. It judges nothing but
 * that arithmetic; its card is `models/students/CARD.md`.
 */
export function bundledPair(): BundledPair {
  const directory = path.join(packageRoot, 'models', 'students');
  const base = path.join(directory, 'base.gguf');
  return {policy: base, reference: base, lora: path.join(directory, 'adapter.gguf')};
}
