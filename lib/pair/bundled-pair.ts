import path from 'node:path';
import {packageRoot} from '../utils/package-root.js';

/** The files of the pair that ships with the package. */
export interface BundledPair {
  /** The path of the trained model. */
  policy: string;
  /** The path of the model that it was trained from. */
  reference: string;
}

/**
 * The paths of the pair that ships with the package, ready for {@link openPair}: an implicit PRM for step-by-step
 * integer arithmetic, 3.3 MB each, trained on outcome labels alone. It judges nothing but that arithmetic; its card is
 * `models/arithmetic/CARD.md`.
 */
export function bundledPair(): BundledPair {
  const directory = path.join(packageRoot, 'models', 'arithmetic');
  return {policy: path.join(directory, 'policy.gguf'), reference: path.join(directory, 'reference.gguf')};
}
