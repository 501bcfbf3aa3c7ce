import type {OpenProgress} from '../../pair/pair-options.js';
import type {ProgressState} from './progress-line.js';
import {byteSize} from './quantities.js';

/** Says how the downloading and loading of a pair is going. */
export function openProgressState(progress: OpenProgress): ProgressState {
  const {loaded, total} = progress;
  const fraction = total > 0 ? Math.min(1, loaded / total) : null;
  return progress.phase === 'load'
    ? {label: 'loading', fraction}
    : {
        label: `downloading ${progress.model}`,
        fraction,
        detail: total > 0 ? `${byteSize(loaded)} of ${byteSize(total)}` : byteSize(loaded),
      };
}
