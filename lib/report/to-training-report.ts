import type {TrainResult} from '../train/train-events.js';
import {pageHtml} from './page-html.js';

/**
 * Makes a page to look at a training with: loss, accuracy and rewards of right and wrong responses over the steps, how
 * their scores lay before and lie after, calibration, and each figure of quality beside its control. One HTML text that
 * needs no server and no network.
 *
 * @param result - what `trainPair` came to
 * @param options - what to call the page
 * @returns HTML
 */
export function toTrainingReport(result: TrainResult, {title = 'Training'}: {title?: string} = {}): string {
  const {objective, beta, steps, bestStep, stoppedEarly, data, evaluation, history} = result;
  return pageHtml('training', {
    ...{title, objective, beta, steps, bestStep, stoppedEarly},
    ...{data, evaluation, history},
  });
}
